/** What scripts can rely on; `ringfence help exit-codes` tells the same. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  findings: 3,
  unauthenticated: 4,
  denied: 5,
  cancelled: 6,
  interrupted: 130,
  readerLost: 141,
} as const;
