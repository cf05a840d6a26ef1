import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Environment } from './environment.ts';
import { trustStore } from './java.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Variables that add certificates to those that a program trusts anyway. */
const ADDING = ['NODE_EXTRA_CA_CERTS', 'DENO_CERT'] as const;

/** Variables that replace them: OpenSSL, Go and Ruby; Python requests; curl; git; AWS tools; pip; Cargo; httplib2. */
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
  /** The authority alone. */
  readonly authority: string;
  /** The system roots and the authority as a trust store of Java. */
  readonly javaStore: string;
  /** Path by variable. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Writes a file for each variable by which programs are told what to trust. A file holds what the program would trust
 * without us, so an operator's own `SSL_CERT_FILE` counts, and the gateway's authority.
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

/** Roots of the operating system; where it has none (small images), those that Node brings. */
function systemCertificates(): readonly string[] {
  const system = getCACertificates('system');
  return (system.length > 0 ? system : getCACertificates('bundled')).map((one) => one.trim());
}

/** Certificates of the file that a variable names already; null when it names none. */
async function readCertificates(name: string, path: string | undefined): Promise<readonly string[] | null> {
  if (path === undefined || path === '') return null;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const message = `${name} is set to ${path}, which cannot be read as a file; unset it or name a PEM file.`;
    throw new RingfenceError('config_invalid', message, { cause });
  });
  return text.match(CERTIFICATE) ?? [];
}
