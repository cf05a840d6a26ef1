import { RingfenceError } from '../../kernel/errors.ts';
import type { Sighting } from '../sighting.ts';
import type { Fingerprint } from './fingerprint.ts';
import { compileGlob } from './glob.ts';
import { pathOf } from './places.ts';
import { checkTerms, type Terms } from './terms.ts';

const SUPPRESSION_FILE = '.ringfence-scan.yaml';
const FIELDS = new Set(['rule', 'path', 'fingerprint', 'reason', 'until']);
const LONGEST_PATH = 1000;

/** An entry of the project's suppressions. It holds back a sighting that meets all of its conditions. */
export interface Suppression extends Terms {
  readonly fits: (sighting: Sighting, fingerprint: Fingerprint | null) => boolean;
  /** Explains why the entry does not hold back a sighting at its path: it names another rule. Null when that is not so. */
  readonly slip: (sighting: Sighting) => string | null;
}

export interface Suppressions {
  readonly list: readonly Suppression[];
  /** Entries that do not hold any more. */
  readonly remarks: readonly string[];
}

/** Reads the parsed content of a `.ringfence-scan.yaml`. Throws when an entry is not complete: it may be a slip. */
export function readSuppressions(content: unknown, today: string): Suppressions {
  const entries = isRecord(content) ? content['allow'] : undefined;
  if (!isRecord(content) || !Array.isArray(entries) || Object.keys(content).length !== 1)
    throw invalid('it must hold one list, `allow`');
  const list: Suppression[] = [];
  const remarks: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const number = index + 1;
    const { fits, slip, ...terms } = readEntry(entry, number);
    const checked = checkTerms(terms, today);
    if (typeof checked !== 'string') list.push({ ...checked, fits, slip });
    else if (checked.includes('expired'))
      remarks.push(`Entry ${number} of ${SUPPRESSION_FILE} does not hold: ${checked}.`);
    else throw invalid(`entry ${number}: ${checked}`);
  }
  return { list, remarks };
}

interface Entry extends Pick<Suppression, 'fits' | 'slip'> {
  readonly reason: string | undefined;
  readonly until: string | undefined;
}

function readEntry(entry: unknown, number: number): Entry {
  if (!isRecord(entry)) throw invalid(`entry ${number} is no mapping`);
  const unknown = Object.keys(entry).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw invalid(`entry ${number} has an unknown field "${unknown}"`);
  const [rule, path, fingerprint, reason, until] = [...FIELDS].map((name) =>
    textField(entry[name], name, number),
  );
  if (rule === undefined && path === undefined && fingerprint === undefined)
    throw invalid(`entry ${number} allows everything; give a rule, a path or a fingerprint`);
  if (path !== undefined && path.length > LONGEST_PATH)
    throw invalid(`entry ${number}: its path is too long`);
  const fitsPath = path === undefined ? null : once(compileGlob(path));
  const fits: Suppression['fits'] = (sighting, hash) =>
    (rule === undefined || sighting.rule.id === rule) &&
    (fitsPath?.(pathOf(sighting.place)) ?? true) &&
    (fingerprint === undefined || hash?.(sighting.rule.id, sighting.secret.reveal()) === fingerprint);
  const slip: Suppression['slip'] = (sighting) =>
    rule !== undefined && rule !== sighting.rule.id && fitsPath?.(pathOf(sighting.place)) === true
      ? `Entry ${number} of ${SUPPRESSION_FILE} held nothing back: it names the rule ${rule}, and where its path fits the rule is ${sighting.rule.id}.`
      : null;
  return { fits, slip, reason, until };
}

/** Remembers the answer for the latest path, since values of one file follow each other and matching a glob may be slow. */
function once(fits: (path: string) => boolean): (path: string) => boolean {
  let latest: { readonly path: string; readonly fits: boolean } | null = null;
  return (path) => {
    if (latest?.path !== path) latest = { path, fits: fits(path) };
    return latest.fits;
  };
}

function textField(value: unknown, name: string, number: number): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  throw invalid(`entry ${number}: ${name} must be text`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (what: string): RingfenceError =>
  new RingfenceError('input_invalid', `${SUPPRESSION_FILE} is not valid: ${what}.`);
