/** Small enough that taking one in holds the event loop for some milliseconds. */
export const PAGE = 2000;

/**
 * Everything, page by page. An answer with 100,000 keys at once would hold the thread of the store, and whoever takes it
 * in, for a second: no money is granted and no key revoked meanwhile.
 */
export async function allPages<T>(
  read: (last: T | undefined) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await read(all.at(-1));
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** Rows of one page of the ledger: some milliseconds of whoever takes them in. */
const ROWS = 1000;

/** The first `limit`, page by page. */
export async function firstPages<T>(
  limit: number,
  read: (limit: number, last: T | undefined) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (;;) {
    const most = Math.min(ROWS, limit - all.length);
    const page = await read(most, all.at(-1));
    all.push(...page);
    if (page.length < most || all.length >= limit) return all;
  }
}
