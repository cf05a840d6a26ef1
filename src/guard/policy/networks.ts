import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { RingfenceError } from '../../kernel/errors.ts';

/** Compiles addresses and CIDR blocks to one test. IPv4-mapped IPv6 addresses count as IPv4. */
export function compileNetworks(networks: readonly string[]): (address: string) => boolean {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }; // In one list `::/0` would match IPv4 as well.
  for (const network of networks) add(lists, network);
  return (address) => {
    const plain = address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
    if (isIPv4(plain)) return lists.ipv4.check(plain, 'ipv4');
    return isIPv6(plain) && lists.ipv6.check(plain, 'ipv6');
  };
}

export function isNetwork(network: string): boolean {
  return parseNetwork(network) !== null;
}

function add(lists: Readonly<Record<'ipv4' | 'ipv6', BlockList>>, network: string): void {
  const parsed = parseNetwork(network);
  if (parsed === null)
    throw new RingfenceError('input_invalid', `${JSON.stringify(network)} is not an address or CIDR block.`);
  const { address, prefix, family } = parsed;
  lists[family].addSubnet(address, prefix, family);
}

function parseNetwork(network: string) {
  const [address = '', bits, ...rest] = network.split('/');
  const family = familyOf(address);
  const most = family === 'ipv4' ? 32 : 128;
  // `Number` alone takes nothing for 0, which is every address.
  const isRead = /^\d{1,3}$/.test(bits ?? '0') && rest.length === 0 && !/^::ffff:.*\.|%/i.test(address);
  const prefix = bits === undefined ? most : Number(bits);
  return family === null || !isRead || prefix > most ? null : { address, prefix, family };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | null {
  if (isIPv4(address)) return 'ipv4';
  return isIPv6(address) ? 'ipv6' : null;
}
