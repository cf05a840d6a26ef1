import {
  json,
  type Account,
  type AccountRequest,
  type Exchange,
  type Reply,
  type VendorModule,
  type World,
} from '../core.ts';
import type { Answer, OtherVendor } from './other-vendor.ts';
import { OTHER_VENDORS } from './vendors.ts';

/** Vendors that only say whether a credential works. `credentials.state: restricted` opens an account with one that may not ask. */
export function createOthers(world: World): readonly VendorModule[] {
  const holders = new Map(OTHER_VENDORS.map((vendor) => [vendor, new Map<string, Holder>()] as const));
  return OTHER_VENDORS.map((vendor) => createOther(world, vendor, holders));
}

interface Holder {
  readonly account: Account;
  readonly isRestricted: boolean;
}

type Holders = ReadonlyMap<OtherVendor, Map<string, Holder>>;

function createOther(world: World, vendor: OtherVendor, holders: Holders): VendorModule {
  return Object.freeze({
    id: vendor.id,
    serves: (host: string) => vendor.hosts.includes(host),
    handle(exchange: Exchange) {
      // Two credentials of one host are told apart by what they ask for.
      const { host, path } = exchange;
      const asked = OTHER_VENDORS.find((one) => one.hosts.includes(host) && one.path.test(path)) ?? vendor;
      return answer(asked, holders.get(asked), exchange);
    },
    problem: (status: number, message: string) => json(status, { message }),
    createAccount({ currency = 'USD', credentials = {} }: AccountRequest) {
      const { state, ...fixed } = credentials;
      const made: Readonly<Record<string, string>> = { ...vendor.make(world.ids), ...fixed };
      const account = world.open(vendor.id, world.ids.uuid(), currency);
      const { id, secret = '', token = secret } = made;
      const isRestricted = state === 'restricted';
      holders.get(vendor)?.set(id === undefined ? token : `${id} ${secret}`, { account, isRestricted });
      return { vendor: vendor.id, id: account.id, currency, credentials: made };
    },
    inbound: () => Promise.reject(new Error(`${vendor.id} receives nothing here`)),
  } satisfies VendorModule);
}

function answer(
  vendor: OtherVendor,
  holders: ReadonlyMap<string, Holder> | undefined,
  exchange: Exchange,
): Reply {
  const holder = holders?.get(vendor.read(exchange, [...holders.keys()]) ?? '');
  if (holder === undefined) return reply(vendor.dead);
  exchange.account = holder.account;
  exchange.credential = 'secret';
  if (!vendor.path.test(exchange.path) || exchange.method !== 'GET')
    return json(404, { message: 'Not found' });
  if (holder.isRestricted && vendor.restricted !== undefined) return reply(vendor.restricted);
  return json(200, vendor.live);
}

function reply({ status, body }: Answer): Reply {
  return json(status, body);
}
