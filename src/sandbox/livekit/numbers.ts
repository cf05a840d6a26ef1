import { json } from '../core.ts';
import { wholeNumber } from '../fields.ts';
import type { OwnedNumber } from '../inventory.ts';
import {
  field,
  textField,
  twirpError,
  type LiveKitServices,
  type LiveKitState,
  type Method,
} from './state.ts';

const manages: Method['allowed'] = ({ sip }) => sip['admin'] === true;
const MOST = 50;

/** Phone numbers of the vendor's own. */
export function numberMethods({ world }: LiveKitServices): Readonly<Record<string, Method>> {
  const { inventory, ids, bill } = world;
  const find = ({ account }: LiveKitState, request: Parameters<typeof field>[0]) => {
    const [id, number] = [textField(request, 'id'), textField(request, 'phoneNumber')];
    return inventory.of(account).find((one) => one.id === id || one.number === number);
  };
  return {
    'PhoneNumberService/SearchPhoneNumbers': {
      allowed: manages,
      run(_state, request) {
        const country = textField(request, 'countryCode') || 'US';
        const limit = wholeNumber(textField(request, 'limit'), MOST, 1, MOST);
        const found = inventory.search({ country, limit, areaCode: textField(request, 'areaCode') }) ?? [];
        return json(200, { items: found.map((e164Format) => ({ e164Format, countryCode: country })) });
      },
    },
    'PhoneNumberService/PurchasePhoneNumber': {
      allowed: manages,
      run(state, request) {
        const wanted = texts(field(request, 'phoneNumbers'));
        if (wanted.length === 0 || wanted.some((number) => !/^\+[1-9]\d{6,14}$/.test(number)))
          return twirpError('invalid_argument', 'phone_numbers are missing or not valid');
        if (
          wanted.some((number) => inventory.find(number) !== undefined) ||
          new Set(wanted).size < wanted.length
        )
          return twirpError('failed_precondition', 'a phone number is not available');
        const bought = wanted.flatMap(
          (number) => inventory.buy(state.account, `PN${ids.linkedHex(bill.length)}`, number) ?? [],
        );
        return json(200, { phoneNumbers: bought.map(view) });
      },
    },
    'PhoneNumberService/ListPhoneNumbers': {
      allowed: manages,
      run: ({ account }) =>
        json(200, { items: inventory.of(account).map(view), totalCount: inventory.of(account).length }),
    },
    'PhoneNumberService/GetPhoneNumber': {
      allowed: manages,
      run(state, request) {
        const found = find(state, request);
        return found === undefined
          ? twirpError('not_found', 'phone number does not exist')
          : json(200, { phoneNumber: view(found) });
      },
    },
    'PhoneNumberService/ReleasePhoneNumbers': {
      allowed: manages,
      run({ account }, request) {
        const named = new Set([...texts(field(request, 'ids')), ...texts(field(request, 'phoneNumbers'))]);
        for (const owned of inventory.of(account))
          if (named.has(owned.id) || named.has(owned.number)) inventory.release(owned);
        return json(200, {});
      },
    },
  };
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

function view({ id, number, country }: OwnedNumber) {
  return { id, e164Format: number, countryCode: country, status: 'PHONE_NUMBER_STATUS_ACTIVE' };
}
