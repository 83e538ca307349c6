/**
 * Which addresses a connection may be led to. A host name says nothing: whoever answers for it may point it at this machine, at
 * a private network or at the metadata of the machine's cloud, so what counts is the address, in the moment of connecting.
 */
import { lookup as lookUp } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** `public`: addresses of the Internet. `private`: those and private networks, this machine included. `loopback`: this machine. */
export type Reach = 'public' | 'private' | 'loopback';

/** Its message is for people and names no address: one of a private network is nobody's business who reads a history. */
export class OutOfReach extends Error {
  override readonly name = 'OutOfReach';
  readonly code = 'ERR_OUT_OF_REACH';
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Node matches an IPv4 address that is mapped into IPv6 (`::ffff:10.0.0.1`) against these, too. */
const LOOPBACK = listOf(['127.0.0.0/8', '::1/128']);

/** RFC 1918, RFC 6598 (Alibaba Cloud's inner endpoints are there), RFC 4193, RFC 2544. */
const PRIVATE = listOf(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', 'fc00::/7']);

/**
 * No endpoint of a cloud is there, whatever the connection says: this network, link-local (169.254.169.254 is the metadata of most
 * clouds, 100.100.100.200 that of Alibaba Cloud), multicast, reserved, documentation, and IPv6 that hides an IPv4
 * address (6to4, Teredo). From IANA's special-purpose address registries.
 */
const NEVER = listOf([
  ...['0.0.0.0/8', '169.254.0.0/16', '100.100.100.200/32', '192.0.0.0/24', '192.0.2.0/24', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '::/128', '64:ff9b:1::/48', '100::/64'],
  ...['2001:db8::/32', '2001::/32', '2002::/16', '3fff::/20', '::ffff:0:0:0/96', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
  // Metadata and credentials of AWS, Google Cloud and Azure.
  ...['fd00:ec2::/32', 'fd20:ce::/32', '168.63.129.16/32'],
]);

/** Whether a connection of this reach may connect to an IP address. */
export function isWithin(reach: Reach, address: string): boolean {
  const behind = behindNat64(address);
  // What is this machine to a gateway is not this one.
  if (behind !== undefined) return reach !== 'loopback' && !isWithin('loopback', behind) && isWithin(reach, behind);
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const isIn = (list: BlockList) => list.check(address, family);
  if (isIP(address) === 0 || isIn(NEVER)) return false;
  if (reach === 'loopback') return isIn(LOOPBACK);
  return reach === 'private' || !(isIn(LOOPBACK) || isIn(PRIVATE));
}

const NAT64 = listOf(['64:ff9b::/96']);

/** The IPv4 address that a NAT64 gateway leads to (RFC 6052): in networks of IPv6 alone, every cloud's host is one. */
function behindNat64(address: string): string | undefined {
  if (isIP(address) !== 6 || !NAT64.check(address, 'ipv6')) return undefined;
  const [high = 0, low = 0] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split(':')
    .slice(-2)
    .map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

export function outOfReach(reach: Reach): OutOfReach {
  return new OutOfReach(
    reach === 'loopback'
      ? 'its host must be this machine, since simulator is true'
      : reach === 'private'
        ? 'its host must not be at a link-local, multicast or reserved address'
        : 'its host is in a private network; if that is meant, set allowPrivateNetwork: true',
  );
}

/** The host of a URL where it is an address, without brackets; of a name only connecting tells. */
export function addressIn(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

/** For sockets, which connect to the very addresses that were looked at. One bad address among several is enough. */
export function lookUpWithin(reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      if (!addresses.every(({ address }) => isWithin(reach, address))) return callback(outOfReach(reach), '', 0);
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
}
