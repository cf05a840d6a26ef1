/** In milliseconds: a program that a test has started and that takes longer has hung. A slow machine takes a minute. */
export const LONGEST_CHILD = 240_000;
