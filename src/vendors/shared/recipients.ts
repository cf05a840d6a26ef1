import type { Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { EXAMPLE_NUMBER } from '../../kernel/phone.ts';
import {
  barePhoneDestination,
  emailDestination,
  namedDestination,
  phoneDestination,
  sipDestination,
} from './destination.ts';
import { Unreadable } from './reading.ts';

/** The phone number in the parameter `name`, in international format with `+`. Throws `Unreadable`. */
export function phoneOf(text: string, name: string, plan: NumberingPlan): Destination {
  return phoneDestination(text, plan) ?? refusePhone(text, name);
}

/** As `phoneOf`, for vendors to whom digits without `+` are a number in international format, too. */
export function barePhoneOf(text: string, name: string, plan: NumberingPlan): Destination {
  return barePhoneDestination(text, plan) ?? refusePhone(text, name);
}

function refusePhone(text: string, name: string): never {
  const lost = /^ \d/.test(text)
    ? ' Its + became a space: in a form it is written %2B (curl: --data-urlencode).'
    : '';
  throw new Unreadable(
    `\`${name}\` must be a phone number in international format, such as ${EXAMPLE_NUMBER}.${lost}`,
  );
}

/**
 * A SIP address. At one of the vendor's own hosts (`dialsOut`) a number before the `@` is dialled as a phone call,
 * so it counts as one, and so does `tel:`.
 */
export function sipOf(
  text: string,
  name: string,
  { plan, dialsOut }: { readonly plan: NumberingPlan; readonly dialsOut: RegExp },
): Destination {
  if (/^tel:/i.test(text)) return phoneOf(text.slice(4).split(';')[0] ?? '', name, plan);
  const found = sipDestination(text);
  if (found === null) throw new Unreadable(`\`${name}\` must be a SIP address such as sip:user@example.com.`);
  const [, user = '', host = ''] = /^sips?:([^@:]*)[^@]*@([^;:?]*)/.exec(found.address) ?? [];
  if (!dialsOut.test(host.replace(/\.$/, ''))) return found;
  const dialled = dialledOf(user);
  return NUMBER_LIKE.test(dialled) ? barePhoneOf(dialled, name, plan) : found;
}

/** A SIP user that is dialled as a number. One of fewer digits is an extension. */
const NUMBER_LIKE = /^(?:\+\d+|\d{5,})$/;

/** What a SIP server dials of a user: `%2B44%2D900…;phone-context=x` is `+44900…`. Throws `Unreadable`. */
function dialledOf(user: string): string {
  try {
    return (decodeURIComponent(user).split(';')[0] ?? '').replaceAll(/[-.()\s]/g, '');
  } catch {
    throw new Unreadable('A SIP address is not encoded as it should be.');
  }
}

/** Where a mail goes. Throws `Unreadable` when the parameter is no address. */
export function emailOf(text: string, name: string): Destination {
  const found = emailDestination(text);
  if (found === null) throw new Unreadable(`\`${name}\` must be an e-mail address.`);
  return found;
}

/** A user, client, group or application by the vendor's own id. */
export function namedOf(
  kind: 'client' | 'user' | 'group' | 'application',
  text: string,
  name: string,
): Destination {
  const found = namedDestination(kind, text);
  if (found === null) throw new Unreadable(`\`${name}\` must be printable, without spaces.`);
  return found;
}
