import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../../src/config/config.ts';
import { generateKeyRing } from '../../../src/custody/sealing/key-ring.ts';
import { writeKeyRing } from '../../../src/custody/sealing/key-ring-source.ts';
import { openPrimary } from '../../../src/node/primary.ts';

/** A node that is killed in the midst of a rotation and started again on the same data. */
export interface LeakOrder {
  readonly data: string;
  readonly port: number;
  readonly origin: string;
  readonly vendor: string;
  readonly values: Readonly<Record<string, string>>;
}

process.on('disconnect', () => process.exit(0));
const order = JSON.parse(process.argv[2] ?? '') as LeakOrder;
const ring = join(order.data, 'key-ring');
const isNew = !existsSync(ring);
if (isNew) await writeKeyRing(ring, generateKeyRing({ random: randomBytes, now: Date.now() }), 'create');
const config = readConfig({
  data: order.data,
  workers: 1,
  listeners: { apps: { port: order.port }, proxy: null, tls: null, admin: { port: 0 } },
});
const primary = await openPrimary({ config, keyRing: { kind: 'file', path: ring }, say: () => {} });
if (isNew)
  await primary.accounts.seal({
    vendor: order.vendor,
    name: 'main',
    values: order.values,
    upstream: order.origin,
  });
await primary.start();
const [account] = await primary.accounts.list();
const id = account?.id ?? '';

process.on('message', (message: { readonly rotate?: string; readonly settled?: boolean }) => {
  void (async () => {
    if (message.rotate !== undefined)
      await primary.rotations.start({
        account: id,
        secret: message.rotate,
        actor: 'test',
        reason: 'asked',
        watch: 2000,
      });
    if (message.settled === true) {
      const record = await primary.rotations.settled(id);
      const test = await primary.accounts.test(id);
      process.send?.({ record, accepted: test.accepted });
    }
  })();
});

/** Tells each phase as soon as it is stored. */
async function tellPhases(): Promise<never> {
  for (let told = ''; ; await sleep(2)) {
    const record = await primary.rotations.get(id);
    if (record === null || `${record.id} ${record.phase}` === told) continue;
    told = `${record.id} ${record.phase}`;
    process.send?.({ phase: record.phase });
  }
}
process.send?.({ ready: true });
await tellPhases();
