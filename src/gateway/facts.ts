import type { Intent } from '../intent/intent.ts';
import { maskAddress } from '../kernel/phone.ts';
import type { RequestFacts } from '../journal/records.ts';
import type { Subject } from '../guard/subject.ts';
import { hasParts } from '../vendors/shared/answer.ts';

const MAX_LISTED = 5;
const NOBODY = '';

/** What is known of a request when it is refused early. */
export interface PartialFacts {
  readonly subject: Subject;
  readonly operation: string;
  readonly intent: Intent | null;
  readonly at: number;
}

/** The beginning of a record: facts of a request, with numbers masked and without text. Spread it first: that is cheap. */
export function factsOf<T extends 'intent' | 'refusal'>(
  type: T,
  { subject, operation, intent, at }: PartialFacts,
): RequestFacts & { readonly type: T } {
  const { key, app, account, vendor, network } = subject;
  const { action, channel, to, country, from, segments } = intent === null ? SILENCE : meaningOf(intent);
  return {
    type,
    at,
    key,
    app,
    account,
    vendor,
    operation,
    action,
    channel,
    to,
    country,
    from,
    segments,
    network,
  };
}

type Meaning = Pick<RequestFacts, 'action' | 'channel' | 'to' | 'country' | 'from' | 'segments'>;

/** For a request that was refused before it was understood. */
const SILENCE: Meaning = { action: 'other', channel: null, to: [], country: null, from: null, segments: 0 };

function meaningOf({ action, channel, destinations, sender, content, country }: Intent): Meaning {
  return {
    action,
    channel,
    to: destinations.slice(0, MAX_LISTED).map(({ address }) => maskAddress(address)),
    country: country ?? destinations[0]?.phone?.country ?? null,
    from: sender === null ? null : maskAddress(sender),
    segments: content?.segments ?? 0,
  };
}

/** The subject of a request whose sender is not known. */
export function unknownSubject(address: string, vendor: string): Subject {
  return { key: NOBODY, app: NOBODY, account: NOBODY, vendor, network: address };
}

/** Comes after the fingerprints of a request whose cost is in several records of the vendor, not in one. */
export const IN_PARTS = 'parts';

/** Keyed fingerprints of recipient, sender and text, by which an unknown outcome is recognised at the vendor. */
export function fingerprintsOf(intent: Intent, hash: (text: string) => string): readonly string[] {
  const [to] = intent.destinations;
  const prints = [hash(to?.address ?? ''), hash(intent.sender ?? ''), hash(intent.content?.text ?? '')];
  return hasParts(intent) ? [...prints, IN_PARTS] : prints;
}
