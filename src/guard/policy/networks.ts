import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { RingfenceError } from '../../kernel/errors.ts';

/** Compiles addresses and CIDR blocks to one test. IPv4-mapped IPv6 addresses count as IPv4. */
export function compileNetworks(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) add(list, network);
  return (address) => {
    const plain = address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
    if (isIPv4(plain)) return list.check(plain, 'ipv4');
    return isIPv6(plain) && list.check(plain, 'ipv6');
  };
}

function add(list: BlockList, network: string): void {
  const [address = '', bits] = network.split('/');
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : null;
  const most = family === 'ipv4' ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  if (family === null || !Number.isInteger(prefix) || prefix < 0 || prefix > most)
    throw new RingfenceError('input_invalid', `${JSON.stringify(network)} is not an address or CIDR block.`);
  list.addSubnet(address, prefix, family);
}
