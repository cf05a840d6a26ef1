import type { Sealer } from './sealer.ts';

const PAGE = 500;
const MAX_PASSES = 5;

export interface SealedText {
  readonly id: string;
  /** Null when the record has nothing to seal. */
  readonly sealed: string | null;
}

/** Records of one kind that carry a sealed text. */
export interface SealedSource {
  /** For progress and reports: `accounts`, `keys`, `settings`. */
  readonly name: string;
  readonly sealer: Sealer;
  /** At most `limit` records in order of id, after the id `after` (empty: from the start). */
  page(after: string, limit: number): Promise<readonly SealedText[]>;
  /** Sealed text of one record; null when it is gone. */
  get(id: string): Promise<string | null>;
  /** Stores `to` if the record still holds `from`; false when it changed meanwhile. */
  replace(id: string, from: string, to: string): Promise<boolean>;
}

export interface RekeyReport {
  readonly rewrapped: number;
  /** Records that were under the newest key already. */
  readonly current: number;
  /** Records that could not be opened or kept changing. Not empty: the old ring keys are still needed. */
  readonly failed: readonly { readonly source: string; readonly id: string; readonly problem: string }[];
}

export interface RekeyOptions {
  readonly sources: readonly SealedSource[];
  /** Called after each page with the number of records looked at so far. */
  readonly progress?: (source: string, looked: number) => void;
}

/**
 * Re-wraps every record to the newest key of the ring. It can be stopped and started again at any moment:
 * what is done is recognised by its key name. Nothing is decrypted but the data keys.
 */
export async function rekey({ sources, progress }: RekeyOptions): Promise<RekeyReport> {
  const report = { rewrapped: 0, current: 0, failed: [] as RekeyReport['failed'][number][] };
  for (const source of sources) {
    let looked = 0;
    for await (const page of pages(source)) {
      for (const record of page) await rewrapOne(source, record, report);
      progress?.(source.name, (looked += page.length));
    }
  }
  return report;
}

async function* pages(source: SealedSource): AsyncGenerator<readonly SealedText[]> {
  let after = '';
  for (;;) {
    const page = await source.page(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}

interface Tally {
  rewrapped: number;
  current: number;
  readonly failed: RekeyReport['failed'][number][];
}

/** A record that somebody changes at the same moment is read again and tried again. */
async function rewrapOne(source: SealedSource, record: SealedText, tally: Tally): Promise<void> {
  const { id } = record;
  let { sealed } = record;
  if (sealed === null) return;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const next = tryRewrap(source, id, sealed);
    if (next === null) return void tally.current++;
    if (typeof next === 'object') return void tally.failed.push({ source: source.name, id, ...next });
    if (await source.replace(id, sealed, next)) return void tally.rewrapped++;
    const now = await source.get(id);
    if (now === null) return; // Removed meanwhile.
    sealed = now;
  }
  tally.failed.push({ source: source.name, id, problem: 'it kept changing' });
}

function tryRewrap(
  source: SealedSource,
  id: string,
  sealed: string,
): string | null | { readonly problem: string } {
  try {
    return source.sealer.rewrap(sealed, id);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'unknown' };
  }
}
