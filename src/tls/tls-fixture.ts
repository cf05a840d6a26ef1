import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret } from '../kernel/secret.ts';
import type { SettingStore } from '../store/ports.ts';
import type { AuthoritySources, LoadOptions } from './authority.ts';

export interface TlsFixture {
  readonly options: LoadOptions;
  readonly settings: SettingStore & { readonly values: Map<string, string> };
  readonly clock: { now: number; wall(): number };
}

/** What an authority needs, for tests: settings in memory, a clock that stands still, a sealer with a key of its own. */
export function tlsFixture(hosts: readonly string[], now = Date.now()): TlsFixture {
  const values = new Map<string, string>();
  const settings = {
    values,
    get: (name: string) => Promise.resolve(values.get(name) ?? null),
    some: (names: readonly string[]) =>
      Promise.resolve(new Map([...values].filter(([name]) => names.includes(name)))),
    put: (name: string, value: string) => Promise.resolve(void values.set(name, value)),
  };
  const clock = { now, wall: () => clock.now };
  return { settings, clock, options: { settings, sealer: testSealer(), clock, random: randomBytes, hosts } };
}

function testSealer(): AuthoritySources['sealer'] {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  return {
    seal(secrets, recordId) {
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(recordId));
      const plain = JSON.stringify(Object.entries(secrets).map(([name, one]) => [name, one.reveal()]));
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
    },
    open(text, recordId) {
      const bytes = Buffer.from(text, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(recordId));
      decipher.setAuthTag(bytes.subarray(-16));
      const plain = decipher.update(bytes.subarray(0, -16)).toString() + decipher.final('utf8');
      const entries = JSON.parse(plain) as [string, string][];
      return Object.fromEntries(entries.map(([name, value]) => [name, new Secret(value)]));
    },
  };
}
