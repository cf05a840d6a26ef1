import type { Intent } from '../intent/intent.ts';
import { maskAddress } from '../kernel/phone.ts';
import type { RequestFacts } from '../journal/records.ts';
import type { Subject } from '../guard/subject.ts';

const MAX_LISTED = 5;
const NOBODY = '';

/** What is known of a request when it is refused early. */
export interface PartialFacts {
  readonly subject: Subject;
  readonly operation: string;
  readonly intent: Intent | null;
  readonly at: number;
}

/** The journal's facts of a request: numbers masked, no text. */
export function factsOf({ subject, operation, intent, at }: PartialFacts): RequestFacts {
  return {
    at,
    key: subject.key,
    app: subject.app,
    account: subject.account,
    vendor: subject.vendor,
    operation,
    action: intent?.action ?? 'other',
    channel: intent?.channel ?? null,
    to:
      intent === null
        ? []
        : intent.destinations.slice(0, MAX_LISTED).map(({ address }) => maskAddress(address)),
    country: intent?.country ?? intent?.destinations[0]?.phone?.country ?? null,
    from: intent === null || intent.sender === null ? null : maskAddress(intent.sender),
    segments: intent?.content?.segments ?? 0,
    network: subject.network,
  };
}

/** The subject of a request whose sender is not known. */
export function strangerAt(address: string, vendor: string): Subject {
  return { key: NOBODY, app: NOBODY, account: NOBODY, vendor, network: address };
}

/** Keyed fingerprints of recipient, sender and text, by which an unknown outcome is recognised at the vendor. */
export function fingerprintsOf(intent: Intent, hash: (text: string) => string): readonly string[] {
  const [to] = intent.destinations;
  return [hash(to?.address ?? ''), hash(intent.sender ?? ''), hash(intent.content?.text ?? '')];
}
