import type { Place, Sighting } from '../sighting.ts';
import { canonicalValue } from './canonical.ts';
import { maskValue } from './mask.ts';

type Companions = Sighting['companions'];

/** Makes a function that masks what stands beside a value where it is, or holds, a secret: one rule's id may be another's secret. */
export function createHider(sightings: readonly Sighting[]): (companions: Companions) => Companions {
  const secrets = sightings.filter(({ rule }) => rule.role === 'secret');
  const values = new Set(secrets.map(({ secret }) => secret.reveal()));
  const lengths = [...new Set(Array.from(values, ({ length }) => length))];
  const known = new Map<string, string>();
  const holds = (text: string): boolean =>
    lengths.some((length) => {
      for (let at = 0; at + length <= text.length; at++)
        if (values.has(text.slice(at, at + length))) return true;
      return false;
    });
  const hide = (text: string): string => {
    const shown = known.get(text) ?? (holds(text) ? maskValue(text) : text);
    known.set(text, shown);
    return shown;
  };
  return (companions) =>
    Object.fromEntries(Object.entries(companions).map(([name, text]) => [name, hide(text)]));
}

/** Makes a function that masks secrets in the place of a sighting: a path, layer or author may contain a value that was found. */
export function createPlaceHider(sightings: readonly Sighting[]): (sighting: Sighting) => Sighting {
  const hide = createTextHider(sightings);
  return (sighting) => {
    const value = sighting.secret.reveal();
    const hideAll = (text: string): string => hide(text).replaceAll(value, maskValue(value));
    return { ...sighting, place: hideIn(sighting.place, hideAll) };
  };
}

function hideIn(place: Place, hide: (text: string) => string): Place {
  const orNull = (text: string | null): string | null => (text === null ? null : hide(text));
  switch (place.kind) {
    case 'stdin':
      return place;
    case 'file':
      return { ...place, path: hide(place.path) };
    case 'layer':
      return { ...place, layer: hide(place.layer), path: hide(place.path) };
    case 'git':
      return { ...place, author: orNull(place.author), path: orNull(place.path) };
  }
}

/** Makes a function that masks the secrets that a text holds. */
export function createTextHider(sightings: readonly Sighting[]): (text: string) => string {
  const found = sightings.filter(({ rule }) => rule.role === 'secret').map(({ secret }) => secret.reveal());
  const values = new Set(found.flatMap((value) => [value, canonicalValue(value)]));
  const lengths = [...new Set(Array.from(values, ({ length }) => length))];
  const known = new Map<string, string>();
  const valuesIn = (text: string): string[] =>
    lengths.flatMap((length) =>
      Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
        text.slice(at, at + length),
      ).filter((part) => values.has(part)),
    );
  return (text) => {
    const shown =
      known.get(text) ??
      valuesIn(text)
        .toSorted((one, other) => other.length - one.length)
        .reduce((rest, value) => rest.replaceAll(value, maskValue(value)), text);
    known.set(text, shown);
    return shown;
  };
}
