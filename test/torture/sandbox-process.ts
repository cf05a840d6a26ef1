import { randomBytes } from 'node:crypto';
import { createSandbox } from '../../src/sandbox/sandbox.ts';

/** The simulated vendors in a process of their own: they survive what happens to the gateway. Prints its port. */
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
process.on('message', (message: { readonly vendor: string }) => {
  process.send?.({
    account: sandbox.accounts.create({ vendor: message.vendor }),
    prices: sandbox.prices.records(message.vendor),
  });
});
process.send?.({ port });
