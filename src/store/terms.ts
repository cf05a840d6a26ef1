/**
 * Terms of the ledger's coarse index. Rows stand in runs of `RUN` consecutive ids; a mark says "some row of this run
 * has this term". Writing one touches a few pages of the current run, whereas an index by random resource id would
 * touch another page for each row. A term is a 32-bit hash: what it finds is always compared with the row itself.
 */
export const RUN = 1024;

/** Term of rows that hold a resource id of an account. */
export function resourceTerm(account: string, resourceId: string): number {
  return term(`resource ${account} ${resourceId}`);
}

/** Term of the rows of a virtual key. */
export function keyTerm(key: string): number {
  return term(`key ${key}`);
}

/** Term of the rows of an app. */
export function appTerm(app: string): number {
  return term(`app ${app}`);
}

/** Term of rows that cost nothing in the end. */
export const RELEASED_TERM = term('state released');

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/), over UTF-16 code units. */
function term(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
