/** What allows a value to stand where it stands. Without a reason or an end, nothing is allowed. */
export interface Terms {
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string;
}

/** The terms, or in a sentence what is wrong with them. `today` is `YYYY-MM-DD`. */
export function checkTerms(
  { reason, until }: { readonly reason: string | undefined; readonly until: string | undefined },
  today: string,
): Terms | string {
  if (reason === undefined || reason.trim() === '') return 'it gives no reason';
  if (until === undefined) return 'it has no end (until=YYYY-MM-DD)';
  if (!isDay(until)) return `"${until}" is no date (until=YYYY-MM-DD)`;
  if (until < today) return `it has expired on ${until}`;
  return { reason: reason.trim(), until };
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

/** What follows `ringfence:allow` in a comment: a rule, `reason="…"` and `until=YYYY-MM-DD`. */
export function parseComment(text: string): {
  readonly rule: string | undefined;
  readonly reason: string | undefined;
  readonly until: string | undefined;
} {
  const [rule] = /^[a-z0-9-]+(?![=\w])/.exec(text) ?? [];
  const [, double, single] = /\breason=\\?(?:"([^"\\]*)\\?"|'([^']*)')/.exec(text) ?? [];
  const [, until] = /\buntil=["']?([\w-]+)/.exec(text) ?? [];
  return { rule, reason: double ?? single, until };
}
