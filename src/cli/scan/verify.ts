import { RingfenceError } from '../../kernel/errors.ts';
import { type Finding, SEVERITIES, type Severity } from '../../scan/report/findings.ts';
import type { Verifier } from '../../scan/verify/verifier.ts';
import { unknown, type LeakVerdict } from '../../vendors/leak-check.ts';
import { openVerification } from '../verification.ts';
import { createNeighbourhood, type Candidates, type NeighbourhoodOptions } from './neighbourhood.ts';

const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

export interface FindingVerification extends NeighbourhoodOptions {
  readonly origin: string | undefined;
}

/**
 * Asks the vendors, by documented requests that only read, whether the found credentials work. If `origin` is given (a
 * sandbox), it is asked in place of all vendors.
 */
export async function verifyFindings(
  findings: readonly Finding[],
  { origin, ...where }: FindingVerification,
): Promise<Finding[]> {
  const neighbourhood = createNeighbourhood(where);
  const { verifier, close } = openVerification({
    origin: origin === undefined ? null : checkedOrigin(origin),
  });
  try {
    const verified = await Promise.all(
      findings.map(async (finding) => {
        const verdict = await judge(verifier, finding, await neighbourhood.companionsOf(finding));
        return { ...finding, verdict, severity: severityAfter(verdict, finding.severity) };
      }),
    );
    return verified.toSorted((one, other) => rank(one) - rank(other));
  } finally {
    await close();
  }
}

/** Tries a value with each set of companions. It works if one of them is accepted, and is dead only if all were tried and refused. */
async function judge(
  verifier: Verifier,
  { rule, places: [first, ...others] }: Finding,
  { all, isAll }: Candidates,
): Promise<LeakVerdict> {
  const verdicts: LeakVerdict[] = [];
  for (const companions of all) {
    const verdict = await verifier.verify({ ...first, rule, companions }, others);
    if (verdict.state === 'active') return verdict;
    verdicts.push(verdict);
  }
  if (!isAll) verdicts.push(unknown('More ids stand around it than were tried.'));
  return verdicts.find(({ state }) => state === 'unknown') ?? verdicts[0] ?? unknown('It was not asked.');
}

/** Severity after verification: the highest for a credential that works, the lowest for a dead one. */
function severityAfter({ state }: LeakVerdict, before: Severity): Severity {
  if (state === 'unknown') return before;
  return state === 'active' ? 'critical' : 'low';
}

const rank = ({ severity, verdict }: Finding): number =>
  2 * SEVERITIES.indexOf(severity) + (verdict?.state === 'active' ? 0 : 1);

/** Refuses an origin without TLS on another machine: credentials would be sent in clear over the network. */
function checkedOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url === null || !isSafe)
    throw new RingfenceError('usage', '--verify-origin must be an https origin, or http on this machine.');
  return url.origin;
}
