import { randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { AccountRecord } from '../store/records.ts';
import type { Collection, SettingStore } from '../store/ports.ts';
import {
  AUTHORITY_CERTIFICATE_SETTING,
  loadOrCreateAuthority,
  type Authority,
  type KeySealer,
} from '../tls/authority.ts';
import { isDomain } from '../tls/domains.ts';
import type { Registry } from '../vendors/registry.ts';
import type { Part } from './processes/messages.ts';

export interface TrustOptions {
  readonly accounts: Pick<Collection<AccountRecord>, 'list'>;
  readonly registry: Pick<Registry, 'hosts' | 'find'>;
  readonly settings: SettingStore;
  /** Of purpose `setting`. */
  readonly sealer: KeySealer;
  readonly clock: Pick<Clock, 'wall'>;
}

export type TrustPart = Extract<Part, { kind: 'trust' }>;

/** The hosts under whose names the gateway stands, as accounts come and go, and the authority that vouches for them. */
export interface Trust {
  authority(): Authority;
  /** What the data-plane processes must know of it. The authority's key is in their order. */
  part(): TrustPart;
  /** Works it out anew from the accounts; to be called one at a time. `reissued`: apps must trust another certificate. */
  refresh(): Promise<'same' | 'changed' | 'reissued'>;
}

/** Loads or makes the authority for the hosts of the vendors and those of accounts that run a server of their own. */
export async function openTrust(options: TrustOptions): Promise<Trust> {
  let { authority, part } = await load(options);
  return Object.freeze({
    authority: () => authority,
    part: () => part,
    async refresh() {
      const before = part;
      ({ authority, part } = await load(options));
      if (part.certificate !== before.certificate) return 'reissued';
      return part.hosts.join(' ') === before.hosts.join(' ') ? 'same' : 'changed';
    },
  });
}

async function load({ accounts, registry, settings, sealer, clock }: TrustOptions) {
  const hosts = [...registry.hosts, ...ownHosts(await accounts.list(), registry)];
  const { authority } = await loadOrCreateAuthority({ settings, sealer, clock, random: randomBytes, hosts });
  const certificate = (await settings.get(AUTHORITY_CERTIFICATE_SETTING)) ?? '';
  return { authority, part: { kind: 'trust', certificate, hosts } satisfies TrustPart };
}

/** Hosts of accounts that run the vendor's software themselves. No certificate can be made for what is no DNS name. */
function ownHosts(accounts: readonly AccountRecord[], registry: Pick<Registry, 'find'>): readonly string[] {
  const named = accounts.flatMap(({ fields: { host } }) => host ?? []);
  return [...new Set(named)].filter((host) => registry.find(host) === null && isDomain(host)).toSorted();
}
