import type { Answer, Sent } from '../api/contract.ts';
import { canonicalValue } from '../scan/report/canonical.ts';
import type { Place, Sighting } from '../scan/sighting.ts';
import type { AdminClient } from './client/client.ts';

export type Leak = Answer<'leaks.list'>[number];
export type Finding = Sent<'leaks.report'>['findings'][number];

/** Findings of one call to the admin API; one finding is at most 20 KB. */
const AT_ONCE = 100;
const MOST_PLACES = 20;
/** The longest place that the admin API accepts, in characters. */
const LONGEST_PLACE = 500;

/**
 * Reports what a scan has found to the gateway. The values go to the admin API alone (on this machine, or by https), which
 * keeps only keyed hashes of them. `keyOf` reads the whole private key where a rule has matched the beginning of one.
 * Returns the leaks that the gateway has recorded.
 */
export async function reportSightings(
  client: AdminClient,
  sightings: readonly Sighting[],
  keyOf: (sighting: Sighting) => Promise<string | null> = () => Promise.resolve(null),
): Promise<readonly Leak[]> {
  return reportFindings(client, await groupByValue(sightings, keyOf));
}

export async function reportFindings(
  client: AdminClient,
  findings: readonly Finding[],
): Promise<readonly Leak[]> {
  const leaks = new Map<string, Leak>();
  const told = findings.map((finding) => ({ ...finding, places: finding.places.map(shortened) }));
  for (let from = 0; from < told.length; from += AT_ONCE) {
    const page = await client.call('leaks.report', { findings: told.slice(from, from + AT_ONCE) });
    for (const leak of page) leaks.set(leak.id, leak);
  }
  return [...leaks.values()];
}

/** Cuts a place that is too long at its front, since its end names file, line and commit. The API would refuse the whole report. */
const shortened = (place: string): string =>
  place.length <= LONGEST_PLACE ? place : `…${place.slice(1 - LONGEST_PLACE)}`.toWellFormed();

/** Makes one finding of each value. Leaves out identifiers, which give no access. */
async function groupByValue(
  sightings: readonly Sighting[],
  keyOf: (sighting: Sighting) => Promise<string | null>,
): Promise<readonly Finding[]> {
  const groups = new Map<string, { readonly first: Sighting; readonly places: Set<string> }>();
  for (const sighting of sightings) {
    if (sighting.rule.role !== 'secret') continue;
    const value = (await keyOf(sighting)) ?? canonicalValue(sighting.secret.reveal());
    const group = groups.get(value) ?? { first: sighting, places: new Set<string>() };
    groups.set(value, group);
    if (group.places.size < MOST_PLACES) group.places.add(placeText(sighting.place, sighting.line));
  }
  return Array.from(groups, ([value, { first, places }]) => {
    const { id, vendor, title, remedy } = first.rule;
    return { rule: id, vendor, title, remedy, value, places: [...places] };
  });
}

/** A place as text: `src/app.ts:12`, followed by the commit if it was found in a Git history. */
function placeText(place: Place, line: number): string {
  switch (place.kind) {
    case 'file':
      return `${place.path}:${line}`;
    case 'stdin':
      return `standard input:${line}`;
    case 'layer':
      return `${place.image} ${place.layer.slice(0, 19)} ${place.path}:${line}`;
    case 'git': {
      const { path, commit, object, type, author, date } = place;
      const where = path === null ? `message of ${type} ${object.slice(0, 12)}` : `${path}:${line}`;
      const when = date === null ? '' : ` of ${new Date(date).toISOString().slice(0, 10)}`;
      const by = author === null ? '' : ` by ${author}`;
      return commit === null
        ? `${where} (object ${object.slice(0, 12)})`
        : `${where} (commit ${commit.slice(0, 12)}${when}${by})`;
    }
  }
}
