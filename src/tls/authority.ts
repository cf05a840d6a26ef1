import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { RandomBytes } from '../kernel/random.ts';
import { Secret } from '../kernel/secret.ts';
import type { SettingStore } from '../store/ports.ts';
import { authorityCertificate, leafCertificate, publicKeyInfo, toPem } from './certificate.ts';
import { domainsOf, isWithin } from './domains.ts';

export const AUTHORITY_KEY_SETTING = 'tls.authorityKey';
export const AUTHORITY_CERTIFICATE_SETTING = 'tls.authorityCertificate';

const DAY = 86_400_000;
const BACKDATED_MILLISECONDS = 300_000;
const AUTHORITY_LIFE = 3650 * DAY;
const LEAF_LIFE = 2 * DAY;
const RENEW_BEFORE = 60 * DAY;
const COMMON_NAME = 'Ringfence gateway authority';

/** A certificate for one host, signed by the authority. All leaves of a process share one key, which is never stored. */
export interface Leaf {
  readonly certificate: string;
  /** PKCS #8 in PEM. */
  readonly key: string;
  /** Wall ms. */
  readonly notAfter: number;
}

/** The gateway's own certificate authority. Its key does not leave this object. */
export interface Authority {
  /** What apps have to trust, in PEM. */
  readonly certificate: string;
  /** SHA-256 of the certificate, hex, by which people compare it. */
  readonly fingerprint: string;
  readonly domains: readonly string[];
  /** Throws `host_unknown` for a host outside the domains. `*.domain` gives a wildcard certificate. */
  issue(host: string): Leaf;
}

/** How the authority's key is sealed; `custody/sealing` offers it. */
export interface KeySealer {
  seal(secrets: Readonly<Record<string, Secret>>, recordId: string): string;
  open(text: string, recordId: string): Readonly<Record<string, Secret>>;
}

/** What is kept in the settings beside the sealed key. */
interface StoredCertificate {
  readonly certificate: string;
  readonly domains: readonly string[];
  readonly notAfter: number;
}

export interface AuthoritySources {
  readonly sealer: KeySealer;
  readonly clock: Pick<Clock, 'wall'>;
  readonly random: RandomBytes;
}

export interface LoadOptions extends AuthoritySources {
  readonly settings: SettingStore;
  /** Hosts that apps reach through the gateway: exact names, or `*.domain`. */
  readonly hosts: readonly string[];
}

export interface LoadedAuthority {
  readonly authority: Authority;
  /** `reissued`: hosts were added, or the certificate was about to expire. To reach added hosts, apps must trust the new certificate. */
  readonly state: 'loaded' | 'created' | 'reissued';
}

/**
 * The deployment's certificate authority, created on first start. Its name constraints are part of the certificate, so a
 * host outside of them needs a new certificate. That one has the same key and name: apps that trust the old one still
 * reach the old hosts, and must trust the new one to reach the new hosts.
 */
export async function loadOrCreateAuthority(options: LoadOptions): Promise<LoadedAuthority> {
  const { settings, sealer, clock, hosts } = options;
  const domains = domainsOf(hosts);
  const sealed = await settings.get(AUTHORITY_KEY_SETTING);
  const stored = await settings.get(AUTHORITY_CERTIFICATE_SETTING);
  if (sealed !== null && stored !== null && isEnough(stored, domains, clock.wall()))
    return { authority: openAuthority(sealed, stored, options), state: 'loaded' };
  const kept = sealed ?? sealer.seal({ key: new Secret(newKey()) }, AUTHORITY_KEY_SETTING);
  if (sealed === null) await settings.put(AUTHORITY_KEY_SETTING, kept); // The key is stored first: if only the certificate were, apps would trust what nobody can sign for any more.
  const made = certify(openKey(kept, sealer), domains, options);
  await settings.put(AUTHORITY_CERTIFICATE_SETTING, made);
  return { authority: openAuthority(kept, made, options), state: stored === null ? 'created' : 'reissued' };
}

/** The authority from the two settings, for processes that do not have the store. */
export function openAuthority(sealedKey: string, stored: string, sources: AuthoritySources): Authority {
  const issuer = issuerOf(openKey(sealedKey, sources.sealer));
  const { certificate, domains, notAfter } = JSON.parse(stored) as StoredCertificate;
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = publicKeyInfo(pair.publicKey);
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return Object.freeze({
    certificate,
    fingerprint: hash('sha256', toDer(certificate), 'hex'),
    domains: Object.freeze([...domains]),
    issue(host: string) {
      if (!domains.some((domain) => isWithin(host, domain)))
        throw new RingfenceError(
          'host_unknown',
          `The authority may not vouch for ${JSON.stringify(host.slice(0, 80))}.`,
        );
      const now = sources.clock.wall();
      const validity = { from: now - BACKDATED_MILLISECONDS, to: Math.min(now + LEAF_LIFE, notAfter) };
      const der = leafCertificate({ issuer, host, validity, publicKey, random: sources.random });
      return { certificate: toPem(der), key, notAfter: validity.to };
    },
  });
}

function isEnough(stored: string, domains: readonly string[], now: number): boolean {
  const { domains: covered, notAfter } = JSON.parse(stored) as StoredCertificate;
  return (
    notAfter - now > RENEW_BEFORE && domains.every((one) => covered.some((other) => isWithin(one, other)))
  );
}

function certify(privateKey: KeyObject, domains: readonly string[], sources: AuthoritySources): string {
  const now = sources.clock.wall();
  const validity = { from: now - BACKDATED_MILLISECONDS, to: now + AUTHORITY_LIFE };
  const der = authorityCertificate({ ...issuerOf(privateKey), domains, validity, random: sources.random });
  const kept: StoredCertificate = { certificate: toPem(der), domains, notAfter: validity.to };
  return JSON.stringify(kept);
}

function issuerOf(privateKey: KeyObject) {
  return { commonName: COMMON_NAME, privateKey, publicKey: publicKeyInfo(createPublicKey(privateKey)) };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64url');
}

function openKey(sealed: string, sealer: KeySealer): KeyObject {
  const { key } = sealer.open(sealed, AUTHORITY_KEY_SETTING);
  const bytes = Buffer.from(key?.reveal() ?? '', 'base64url');
  return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
}

function toDer(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
}
