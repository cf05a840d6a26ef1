import { randomBytes } from 'node:crypto';
import { createSandbox } from '../../src/sandbox/sandbox.ts';

/** The simulated vendors in a process of their own: they survive what happens to the gateway. Says its port. */
const sandbox = createSandbox({
  clock: { wall: Date.now },
  random: randomBytes,
  timers: {
    set: (run, milliseconds) => setTimeout(run, milliseconds),
    clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
  },
  settings: { retain: 'all', maximumItems: 3_000_000, pricedAfter: 500, sentAfter: 100, deliveredAfter: 300 },
});
const { port } = await sandbox.listen(0);
process.on('disconnect', () => process.exit(0));
process.on('message', ({ vendors }: { readonly vendors: readonly string[] }) => {
  process.send?.({
    accounts: vendors.map((vendor) => sandbox.accounts.create({ vendor })),
    prices: vendors.flatMap((vendor) => sandbox.prices.records(vendor)),
  });
});
process.send?.({ port });
