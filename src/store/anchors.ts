/** Records of one anchor slot: within it only the newest chain head is kept. */
export const ANCHOR_SLOT = 1_000;
