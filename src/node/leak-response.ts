import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCanaries, type CanaryRecord } from '../custody/canaries/canaries.ts';
import { createKeyedHash } from '../custody/keyed-hash.ts';
import { createLeaks } from '../custody/leaks/leaks.ts';
import { createRotations } from '../custody/rotation/rotations.ts';
import type { createCustodians } from './custodians.ts';
import type { Foundation } from './foundation.ts';
import type { Supervisor } from './processes/supervisor.ts';
import { within } from './within.ts';

const REPORT_MILLISECONDS = 1000;

export interface LeakResponseOptions extends ReturnType<typeof createCustodians> {
  readonly supervisor: Pick<Supervisor, 'reports' | 'broadcast'>;
  readonly say: (line: string) => void;
}

/** What answers a leak: reported leaks and the response to each, rotation of vendor accounts, canaries. */
export function openLeakResponse(
  { store, registry, sealers, lock, clock, journal, record, send, ring, policyInForce }: Foundation,
  { accounts, keys, supervisor, say }: LeakResponseOptions,
) {
  const shared = {
    accounts: store.accounts,
    settings: store.settings,
    sealer: sealers.account,
    index: createKeyedHash(ring.derive('index')),
    lock,
    clock,
    random: randomBytes,
    record,
    async incident(what: string, detail: Readonly<Record<string, unknown>>) {
      say(`incident: ${what}: ${JSON.stringify(detail)}`);
      journal.append({ type: 'incident', at: clock.wall(), what, detail });
      await journal.flush();
    },
  };
  const rotations = createRotations({
    ...shared,
    settingSealer: sealers.setting,
    vendorOf: registry.byId,
    send,
    commit: accounts.commit,
    refusals: createRefusalCount(supervisor),
    onSettled: () => void leaks.retryWaiting().catch(() => {}), // The next look at the leaks does it again.
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  });
  const canaries = createCanaries({
    ...shared,
    custodyOf: (vendor) => registry.byId(vendor)?.custody ?? null,
    announce: (all) => supervisor.broadcast(canaryPart(all)),
  });
  const leaks = createLeaks({
    ...shared,
    keys: store.keys,
    rotations: rotations.list,
    canaries: canaries.list,
    rotate: rotations.start,
    revoke: keys.revoke,
    async automatic() {
      const { document } = await policyInForce();
      return document?.leaks?.respond ?? 'ask';
    },
  });
  /** What was under way when the process ended. */
  async function resume(): Promise<void> {
    await rotations.resume();
    await leaks.retryWaiting().catch((error: Error) => say(`leaks: ${error.message}`));
  }
  return { rotations, canaries, leaks, resume };
}

/** Retired ones are not watched for any more. */
export function canaryPart(all: readonly CanaryRecord[]) {
  const watched = all.filter(({ retiredAt }) => retiredAt === null);
  return { kind: 'canaries', all: watched.map(({ id, index }) => ({ id, index })) } as const;
}

/** A process that does not answer is not waited for: what was known before counts. */
function createRefusalCount({ reports }: Pick<Supervisor, 'reports'>) {
  const known = new Map<string, number>();
  return async (account: string): Promise<number> => {
    const answered = await within(REPORT_MILLISECONDS, reports());
    if (answered !== null) known.set(account, countUnauthorized(answered, account));
    return known.get(account) ?? 0;
  };
}

function countUnauthorized(reports: Awaited<ReturnType<Supervisor['reports']>>, account: string): number {
  const counts = reports.flatMap(({ report }) => report.unauthorized.filter(([id]) => id === account));
  return counts.reduce((sum, [, count]) => sum + count, 0);
}
