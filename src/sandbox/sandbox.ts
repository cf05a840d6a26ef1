import type { AddressInfo } from 'node:net';
import { createAccountDesk, createRegistry, type AccountDesk } from './accounts.ts';
import { createBill, type Bill } from './bill.ts';
import { createCallEngine } from './call-engine.ts';
import { createControl } from './control.ts';
import {
  DEFAULT_SETTINGS,
  type InboundEvent,
  type InboundResult,
  type SandboxOptions,
  type Settings,
  type VendorModule,
  type World,
} from './core.ts';
import { createFaults, type Faults } from './faults.ts';
import { createIds } from './ids.ts';
import { createInventory } from './inventory.ts';
import { createLiveKit } from './livekit/livekit.ts';
import { createOthers } from './others/others.ts';
import { createOutcomes, type Outcomes } from './outcomes.ts';
import { createPriceBook, type PriceBook } from './prices.ts';
import { createRecordings } from './recordings.ts';
import { createRequestRing, type RequestRing } from './requests.ts';
import { createSandboxServer } from './server.ts';
import { createTelnyx } from './telnyx/telnyx.ts';
import { createTimeline } from './timeline.ts';
import { createTwilio } from './twilio/twilio.ts';
import { createVerificationDesk, type Verification } from './verifications.ts';
import { createVonage } from './vonage/vonage.ts';
import { createWebhooks, type Delivery } from './webhooks.ts';

/** Simulated vendors on one loopback port, and the levers to control and question them. */
export interface Sandbox {
  /** Port 0 takes a free one. The vendor is chosen by `Host`, or by a path that starts with `/_host/<vendor host>/`. */
  listen(port: number): Promise<Listening>;
  readonly accounts: AccountDesk;
  readonly bill: Bill;
  readonly faults: Faults;
  readonly requests: RequestRing;
  readonly prices: PriceBook;
  readonly outcomes: Outcomes;
  readonly settings: Settings;
  /** Started verifications with their codes, newest last. */
  verifications(): readonly Verification[];
  /** The last webhooks that were sent. */
  webhooks(): readonly Delivery[];
  /** A message or call arrives from the network. */
  inbound(event: InboundEvent): Promise<InboundResult>;
  /** Moves manual time, with everything due in between. Fails when the injected timers are real. */
  advance(milliseconds: number): Promise<void>;
  /** Resolves when no webhook is under way. */
  idle(): Promise<void>;
}

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, timers, log = () => {} } = options;
  const now = () => clock.wall();
  const settings: Settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const registry = createRegistry(now);
  const world = createWorld({ options, settings, now, log, registry });
  const vendors: readonly VendorModule[] = [
    createTwilio(world),
    createVonage(world),
    createTelnyx(world),
    createLiveKit(world),
    ...createOthers(world),
  ];
  const { ids, bill, prices, outcomes, webhooks, verifications } = world;
  const faults = createFaults(ids.fraction);
  const requests = createRequestRing();

  const sandbox = {
    accounts: createAccountDesk(vendors),
    bill,
    faults,
    requests,
    prices,
    outcomes,
    settings,
    verifications: () => verifications.all(),
    webhooks: () => webhooks.recent(),
    idle: () => webhooks.idle(),
    async inbound(event: InboundEvent) {
      const vendor = vendors.find(({ id }) => id === event.vendor);
      if (vendor === undefined) throw new Error(`no simulated vendor is called ${event.vendor}`);
      return vendor.inbound(event);
    },
    async advance(milliseconds: number) {
      if (timers.advance === undefined) throw new Error('the timers of this sandbox are not manual');
      await timers.advance(milliseconds, () => webhooks.idle());
      await webhooks.idle();
    },
  };

  async function listen(port: number): Promise<Listening> {
    const control = createControl(sandbox);
    const server = createSandboxServer({ world, vendors, faults, requests, control, log });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return {
      port: (server.address() as AddressInfo).port,
      close: () =>
        new Promise((resolve) => {
          webhooks.close();
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  }
  return Object.freeze({ ...sandbox, listen });
}

interface WorldParts {
  readonly options: SandboxOptions;
  readonly settings: Settings;
  readonly now: () => number;
  readonly log: (line: string) => void;
  readonly registry: ReturnType<typeof createRegistry>;
}

function createWorld({ options, settings, now, log, registry }: WorldParts): World {
  const timeline = createTimeline(now, options.timers);
  const prices = createPriceBook();
  const bill = createBill(registry.accounts, now);
  const outcomes = createOutcomes();
  const retryAfter = () => settings.webhookRetryAfter;
  return Object.freeze({
    now,
    settings,
    timeline,
    ids: createIds(options.random),
    prices,
    bill,
    outcomes,
    webhooks: createWebhooks({ now, timeline, retryAfter, log }),
    calls: createCallEngine({ now, settings, timeline, prices, bill, outcomes }),
    recordings: createRecordings({ now, settings, prices, bill }),
    verifications: createVerificationDesk({ now, settings, prices, bill }),
    inventory: createInventory({ now, timeline, prices, bill }),
    open: registry.open,
  });
}
