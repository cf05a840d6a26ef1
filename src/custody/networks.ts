import { BlockList, isIP } from 'node:net';
import { RingfenceError } from '../kernel/errors.ts';

const MAX_NETWORKS = 100;
const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/** True when the address is in one of the networks. */
export type NetworkTest = (address: string) => boolean;

/**
 * Compiles CIDR blocks (`10.0.0.0/8`, `2001:db8::/32`) and single addresses. An IPv4 address that arrives mapped
 * into IPv6 (RFC 4291, 2.5.5.2) counts as IPv4. Throws `input_invalid` naming the entry that cannot be read.
 */
export function compileNetworks(networks: readonly string[]): NetworkTest {
  if (networks.length > MAX_NETWORKS) throw invalid(`a key may have at most ${MAX_NETWORKS} networks`);
  // One list per family: in a shared one `::/0` would also match IPv4.
  const lists: Lists = { 4: new BlockList(), 6: new BlockList() };
  for (const network of networks) add(lists, network);
  return (address) => {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return (family === 4 && lists[4].check(plain)) || (family === 6 && lists[6].check(plain, 'ipv6'));
  };
}

interface Lists {
  readonly 4: BlockList;
  readonly 6: BlockList;
}

function add(lists: Lists, network: string): void {
  const [address = '', prefix, ...rest] = network.split('/');
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  const fits = /^\d{1,3}$/.test(prefix ?? '0') && length <= bits && rest.length === 0;
  if (family === 0 || !fits || MAPPED.test(address) || address.includes('%'))
    throw invalid(
      `${JSON.stringify(network.slice(0, 60))} is not a network such as 10.0.0.0/8 or 2001:db8::/32`,
    );
  if (family === 4) lists[4].addSubnet(address, length);
  else lists[6].addSubnet(address, length, 'ipv6');
}

/** Without zone (`fe80::1%eth0`) and without the IPv4 mapping. */
function plainAddress(address: string): string {
  const zone = address.indexOf('%');
  const unzoned = zone === -1 ? address : address.slice(0, zone);
  return MAPPED.exec(unzoned)?.[1] ?? unzoned;
}

function invalid(why: string): RingfenceError {
  return new RingfenceError('input_invalid', `The networks are not valid: ${why}.`);
}
