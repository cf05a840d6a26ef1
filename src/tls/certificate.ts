import { hash, sign, type KeyObject } from 'node:crypto';
import type { RandomBytes } from '../kernel/random.ts';
import {
  bitString,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  set,
  time,
  TRUE,
  utf8String,
  type Der,
} from './der.ts';

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const SERVER_AUTH = sequence(oid('1.3.6.1.5.5.7.3.1'));
const VERSION_3 = explicit(0, integer(Buffer.of(2)));
const NO_NAME = sequence();
const DNS_NAME = 2;
const IP_ADDRESS = 7;
/** Uncompressed P-256 point, which ends the SPKI. */
const POINT = 65;

export interface Validity {
  /** Wall ms. */
  readonly from: number;
  readonly to: number;
}

/** A P-256 public key as certificates hold it; worked out once, because exporting costs more than signing. */
export interface PublicKeyInfo {
  readonly spki: Der;
  /** First 160 bits of the SHA-256 of the key's point (RFC 7093, 2, method 1). */
  readonly identifier: Buffer;
}

/** Exports a public key for use in certificates. */
export function publicKeyInfo(publicKey: KeyObject): PublicKeyInfo {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { spki, identifier: hash('sha256', spki.subarray(-POINT), 'buffer').subarray(0, 20) };
}

export interface AuthorityParameters {
  readonly commonName: string;
  /** DNS domains, with everything below them, that the authority may vouch for. Nothing else is valid. */
  readonly domains: readonly string[];
  readonly validity: Validity;
  readonly publicKey: PublicKeyInfo;
  readonly privateKey: KeyObject;
  readonly random: RandomBytes;
}

export interface LeafParameters {
  /** Common name and key of the authority. */
  readonly issuer: Pick<AuthorityParameters, 'commonName' | 'publicKey' | 'privateKey'>;
  /** DNS name, or `*.domain`. */
  readonly host: string;
  readonly validity: Validity;
  readonly publicKey: PublicKeyInfo;
  readonly random: RandomBytes;
}

/** Self-signed certificate of an authority that cannot vouch beyond its domains, in DER (RFC 5280). */
export function authorityCertificate(parameters: AuthorityParameters): Der {
  const { commonName, domains, publicKey } = parameters;
  const name = commonNameOf(commonName);
  return certificate({
    ...parameters,
    issuerName: name,
    subject: name,
    signer: parameters.privateKey,
    extensions: [
      critical('2.5.29.19', sequence(TRUE, integer(Buffer.of(0)))), // Authority, with no authority below it.
      critical('2.5.29.15', bitString(Buffer.of(0b0000_0100), 2)), // Signs certificates and nothing else.
      extension('2.5.29.37', SERVER_AUTH),
      critical('2.5.29.30', nameConstraints(domains)),
      extension('2.5.29.14', octetString(publicKey.identifier)),
    ],
  });
}

/** Certificate of one host, in DER. Its subject is empty and the name stands in the critical SAN (RFC 5280, 4.1.2.6). */
export function leafCertificate(parameters: LeafParameters): Der {
  const { issuer, host, publicKey } = parameters;
  return certificate({
    ...parameters,
    issuerName: commonNameOf(issuer.commonName),
    subject: NO_NAME,
    signer: issuer.privateKey,
    extensions: [
      critical('2.5.29.19', sequence()),
      critical('2.5.29.15', bitString(Buffer.of(0b1000_0000), 7)), // Signs handshakes.
      extension('2.5.29.37', SERVER_AUTH),
      critical('2.5.29.17', sequence(implicit(DNS_NAME, Buffer.from(host)))),
      extension('2.5.29.14', octetString(publicKey.identifier)),
      extension('2.5.29.35', sequence(implicit(0, issuer.publicKey.identifier))),
    ],
  });
}

/** A certificate as PEM (RFC 7468). */
export function toPem(der: Der): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

interface CertificateParameters {
  readonly issuerName: Der;
  readonly subject: Der;
  readonly signer: KeyObject;
  readonly validity: Validity;
  readonly publicKey: PublicKeyInfo;
  readonly random: RandomBytes;
  readonly extensions: readonly Der[];
}

function certificate(parameters: CertificateParameters): Der {
  const { issuerName, subject, signer, validity, publicKey, random, extensions } = parameters;
  const body = sequence(
    VERSION_3,
    integer(serialNumber(random)),
    ECDSA_SHA256,
    issuerName,
    sequence(time(validity.from), time(validity.to)),
    subject,
    publicKey.spki,
    explicit(3, sequence(...extensions)),
  );
  return sequence(body, ECDSA_SHA256, bitString(sign('sha256', body, signer)));
}

/** 127 random bits; never zero, never negative. */
function serialNumber(random: RandomBytes): Buffer {
  const bytes = Buffer.from(random(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function commonNameOf(text: string): Der {
  return sequence(set(sequence(oid('2.5.4.3'), utf8String(text))));
}

function extension(id: string, value: Der): Der {
  return sequence(oid(id), octetString(value));
}

function critical(id: string, value: Der): Der {
  return sequence(oid(id), TRUE, octetString(value));
}

/** Permits the domains, excludes every IPv4 and IPv6 address (RFC 5280, 4.2.1.10). */
function nameConstraints(domains: readonly string[]): Der {
  const permitted = domains.map((domain) => sequence(implicit(DNS_NAME, Buffer.from(domain))));
  const excluded = [8, 32].map((length) => sequence(implicit(IP_ADDRESS, Buffer.alloc(length))));
  return sequence(explicit(0, ...permitted), explicit(1, ...excluded));
}
