import { isIPv6 } from 'node:net';
import { explicit, integer, octetString, oid, sequence, set, type Der } from '../../tls/der.ts';
import type { Environment } from './environment.ts';

const DATA = oid('1.2.840.113549.1.7.1');
const CERTIFICATE_BAG = oid('1.2.840.113549.1.12.10.1.3');
const X509 = oid('1.2.840.113549.1.9.22.1');
/** Oracle's attribute that marks a trusted root, for any use. Without it Java takes the certificate for part of some chain. */
const TRUSTED = set(sequence(oid('2.16.840.1.113894.746875.1.1'), set(oid('2.5.29.37.0'))));
const OWN_STORE = /-Djavax\.net\.ssl\.trustStore=/;

/** Certificates (PEM) as a trust store that Java reads: PKCS #12 without password, because nothing in it is secret. */
export function trustStore(certificates: readonly string[]): Buffer {
  const bags = certificates.map((pem) => {
    const der = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
    const bag = sequence(X509, explicit(0, octetString(der)));
    return sequence(CERTIFICATE_BAG, explicit(0, bag), TRUSTED);
  });
  return sequence(integer(Buffer.of(3)), data(sequence(data(sequence(...bags)))));
}

function data(content: Der): Der {
  return sequence(DATA, explicit(0, octetString(content)));
}

export interface JavaOptions {
  /** URL of the gateway's forward proxy. */
  readonly proxy: string;
  /** Entries of `NO_PROXY`, which Java does not read itself. */
  readonly direct: readonly string[];
  /** Exceptions from the operator's own Java options that are kept. */
  readonly kept: readonly string[];
  /** Path of the trust store. */
  readonly store: string;
  readonly base: Environment;
}

/**
 * `JAVA_TOOL_OPTIONS` with the properties by which Java is told of proxy and trust store. They follow the operator's own
 * options, as the last one counts. An operator's trust store is kept; if it lacks our authority, the proof shows it.
 */
export function javaToolOptions({ proxy, direct, kept, store, base }: JavaOptions): string {
  const own = base['JAVA_TOOL_OPTIONS'] ?? '';
  const { hostname, port } = new URL(proxy);
  const host = hostname.replace(/^\[|\]$/g, '');
  const proxies = ['http', 'https'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=${host}`,
    `-D${scheme}.proxyPort=${port || 80}`,
  ]);
  const trust = [`-Djavax.net.ssl.trustStore="${store}"`, '-Djavax.net.ssl.trustStoreType=PKCS12'];
  const patterns = new Set([...direct.flatMap(javaPattern), ...kept]);
  const ours = [...proxies, `-Dhttp.nonProxyHosts=${[...patterns].join('|')}`];
  return [own, ...ours, ...(OWN_STORE.test(own) ? [] : trust)].filter((one) => one !== '').join(' ');
}

/** Hosts, `*.domain` and networks that the operator's Java options except from proxies. Broader patterns could match vendor hosts. */
export function javaExceptions({ JAVA_TOOL_OPTIONS: own = '' }: Environment): readonly string[] {
  const [, patterns = ''] = [...own.matchAll(/-Dhttp\.nonProxyHosts=(\S+)/g)].at(-1) ?? [];
  const all = patterns.replaceAll(/["']/g, '').split('|');
  return all.filter((one) => /^(?:\*\.)?[^*]+$|^[\d.]+\.\*$/.test(one));
}

/** An entry of `NO_PROXY` as Java patterns. Java needs one more for its subdomains, and has none for networks. */
function javaPattern(entry: string): readonly string[] {
  if (entry.includes('/')) return [];
  const address = entry.replace(/^\[|\]$/g, '');
  if (isIPv6(address)) return [`[${address}]`];
  if (entry.includes(':')) return [];
  const domain = entry.replace(/^\*?\./, '');
  return domain === entry ? [domain, `*.${domain}`] : [`*.${domain}`];
}
