import { RingfenceError } from '../kernel/errors.ts';

/** The vendor's host was not reached, or gave no complete answer. The message names the host and the reason. */
export function unreachable(origin: string, kind: 'unreachable' | 'lost', cause: unknown): RingfenceError {
  const { host } = new URL(origin);
  const reason = reasonOf(cause);
  return kind === 'lost'
    ? new RingfenceError('upstream_unknown', `${host} did not answer${reason}`, { cause })
    : new RingfenceError('upstream_unreachable', `${host} could not be reached${reason}; nothing was sent`, {
        cause,
      });
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(ENOTFOUND|EAI_\w+)$/, 'its name is not found'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/, 'there is no way to it'],
  [/^ECONNREFUSED$/, 'nothing listens there'],
  [/CERT|SIGNATURE|ISSUER/, 'its certificate is not trusted'],
];

/** The system's error code and what it means. Never the error's message, which can quote what was sent. */
function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (!/^[A-Z][A-Z0-9_]+$/.test(code)) return '';
  const meaning = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  return ` (${code}${meaning === undefined ? '' : `: ${meaning}`})`;
}
