/**
 * Returns an equal string that shares no memory with the given one. In V8 a substring points into the longer string that it
 * was cut from, which then stays in memory for as long as the substring does. Exact for every string, lone surrogates too.
 */
export function copyText(text: string): string {
  return ` ${text}`.slice(1);
}
