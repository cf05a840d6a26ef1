// oxlint-disable-next-line no-restricted-imports -- these two compute; they open no socket
import { BlockList, isIP } from 'node:net';
import { RingfenceError } from './errors.ts';

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/** True when the address is in one of the networks. */
export type NetworkTest = (address: string) => boolean;

type Family = 'ipv4' | 'ipv6';

const FAMILIES: ReadonlyMap<number, Family> = new Map([
  [4, 'ipv4'],
  [6, 'ipv6'],
]);

/**
 * Compiles CIDR blocks (`10.0.0.0/8`, `2001:db8::/32`) and single addresses. An IPv4 address that arrives mapped
 * into IPv6 (RFC 4291 §2.5.5.2) counts as IPv4; the zone of an IPv6 address is ignored. Throws `input_invalid` that
 * names the entry that cannot be read.
 */
export function compileNetworks(networks: readonly string[]): NetworkTest {
  // One list per family: in a shared one `::/0` would also match IPv4.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) {
    const parsed = parseNetwork(network);
    if (parsed === null) throw unreadable(network);
    lists[parsed.family].addSubnet(parsed.address, parsed.prefix, parsed.family);
  }
  return (address) => {
    const plain = plainAddress(address);
    const family = FAMILIES.get(isIP(plain));
    return family !== undefined && lists[family].check(plain, family);
  };
}

/** True for what `compileNetworks` takes. */
export function isNetwork(network: string): boolean {
  return parseNetwork(network) !== null;
}

/** Null also for IPv4-mapped addresses and zones: a caller's address has neither when it is compared. */
function parseNetwork(network: string) {
  const [address = '', bits, ...rest] = network.split('/');
  const family = FAMILIES.get(isIP(address));
  // `Number` alone reads an empty text as 0, which is every address.
  const isDecimal = /^\d{1,3}$/.test(bits ?? '0') && rest.length === 0;
  if (family === undefined || !isDecimal || /^::ffff:.*\.|%/i.test(address)) return null;
  const most = family === 'ipv4' ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  return prefix > most ? null : { address, prefix, family };
}

/** Without zone (`fe80::1%eth0`) and without the IPv4 mapping. */
function plainAddress(address: string): string {
  const zone = address.indexOf('%');
  const unzoned = zone === -1 ? address : address.slice(0, zone);
  return MAPPED.exec(unzoned)?.[1] ?? unzoned;
}

function unreadable(network: string): RingfenceError {
  const entry = JSON.stringify(network.slice(0, 60));
  return new RingfenceError(
    'input_invalid',
    `The networks are not valid: ${entry} is not a network such as 10.0.0.0/8 or 2001:db8::/32.`,
  );
}
