import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Environment } from './environment.ts';
import { trustStore } from './java.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Variables that add certificates to those that a program trusts anyway. */
const ADDING = ['NODE_EXTRA_CA_CERTS', 'DENO_CERT'] as const;

/** Variables that replace the usual roots: OpenSSL, Go and Ruby; Python requests; curl; git; AWS tools; pip; Cargo; httplib2. */
const REPLACING = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'AWS_CA_BUNDLE',
  'PIP_CERT',
  'CARGO_HTTP_CAINFO',
  'HTTPLIB2_CA_CERTS',
] as const;

export interface TrustFilesOptions {
  /** The gateway authority's certificate, PEM. */
  readonly certificate: string;
  /** Private folder for the files. */
  readonly folder: string;
  readonly base: Environment;
}

export interface TrustFiles {
  /** File with the gateway's authority alone. */
  readonly authority: string;
  /** Java trust store with the system's roots and the gateway's authority. */
  readonly javaStore: string;
  /** Path of the file for each environment variable. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Writes a file for each variable by which programs learn what to trust. It holds the gateway's authority and what the program
 * would trust without us, for example the certificates of the operator's own `SSL_CERT_FILE`.
 */
export async function writeTrustFiles({ certificate, folder, base }: TrustFilesOptions): Promise<TrustFiles> {
  const written = new Map<string, string>();
  async function write(name: string, certificates: readonly string[]): Promise<string> {
    const text = [...new Set([...certificates, certificate.trim()])].join('\n');
    const path = written.get(text) ?? join(folder, name);
    if (!written.has(text)) await writeFile(path, `${text}\n`);
    written.set(text, path);
    return path;
  }
  const authority = await write('authority.pem', []);
  const variables: Record<string, string> = {};
  for (const name of [...ADDING, ...REPLACING]) {
    const own = await readCertificates(name, base[name]);
    const without = (ADDING as readonly string[]).includes(name) ? [] : systemCertificates();
    variables[name] = await write(`${name.toLowerCase()}.pem`, own ?? without);
  }
  const javaStore = join(folder, 'java.p12');
  await writeFile(javaStore, trustStore([...new Set([...systemCertificates(), certificate.trim()])]));
  return { authority, javaStore, variables };
}

/** Roots of the operating system; in small images that have none, those bundled with Node. */
function systemCertificates(): readonly string[] {
  const system = getCACertificates('system');
  return (system.length > 0 ? system : getCACertificates('bundled')).map((one) => one.trim());
}

/** Certificates of the file that a variable named before us; null when it was not set. */
async function readCertificates(name: string, path: string | undefined): Promise<readonly string[] | null> {
  if (path === undefined || path === '') return null;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const message = `${name} is set to ${path}, which cannot be read as a file; unset it or name a PEM file.`;
    throw new RingfenceError('config_invalid', message, { cause });
  });
  return text.match(CERTIFICATE) ?? [];
}
