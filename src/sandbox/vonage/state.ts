import type { KeyObject } from 'node:crypto';
import { micros, type Micros } from '../../kernel/money.ts';
import { decimalText } from '../amounts.ts';
import type { PhoneCall } from '../calls.ts';
import { itemLimit, type Account, type World } from '../core.ts';
import { createLog, type Log } from '../log.ts';

export interface VonageState {
  readonly account: Account;
  readonly name: string;
  readonly primary: VonageState | null;
  suspended: boolean;
  readonly secrets: Map<string, { readonly secret: string; readonly createdAt: number }>;
  readonly signatureSecret: string;
  readonly applications: Map<string, Application>;
  readonly messages: Log<VonageMessage>;
  readonly calls: Log<PhoneCall>;
  /** Account-wide webhooks of the SMS API. */
  readonly hooks: { inbound: string; receipt: string };
}

export interface Application {
  readonly id: string;
  name: string;
  publicKey: KeyObject;
  publicPem: string;
  capabilities: Readonly<Record<string, unknown>>;
}

/** A message of the SMS API (one per part) or the Messages API. */
export interface VonageMessage {
  readonly id: string;
  readonly product: 'SMS' | 'MESSAGES';
  readonly channel: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly reference: string;
  readonly parts: number;
  readonly price: Micros;
  readonly createdAt: number;
  readonly deliveredAt: number;
  readonly outcome: 'delivered' | 'undelivered' | 'failed';
}

export interface VonageServices {
  readonly world: World;
  readonly states: Map<string, VonageState>;
  admit(state: VonageState, secretId: string, secret: string): void;
  withdraw(state: VonageState, secret: string): void;
  openAccount(primary: VonageState | null, request: OpenRequest): VonageState;
  /** Applications by id, over all accounts. */
  readonly applications: Map<string, { readonly state: VonageState; readonly application: Application }>;
}

export interface OpenRequest {
  readonly name: string;
  readonly currency: string;
  readonly apiKey?: string | undefined;
  readonly signatureSecret?: string | undefined;
}

/** What every account starts with, in its own currency. */
const OPENING_BALANCE = 1_000_000_000_000;

export function balanceOf({ bill }: World, { account }: Pick<VonageState, 'account'>): Micros {
  return micros(OPENING_BALANCE - bill.charged(account));
}

export function newState(world: World, primary: VonageState | null, request: OpenRequest): VonageState {
  const { ids, settings } = world;
  const limit = () => itemLimit(settings);
  return {
    account: world.open('vonage', request.apiKey ?? ids.hex(8), request.currency),
    name: request.name,
    primary,
    suspended: false,
    secrets: new Map(),
    signatureSecret: request.signatureSecret ?? ids.alphanumeric(50),
    applications: new Map(),
    messages: createLog<VonageMessage>(({ id }) => id, limit),
    calls: createLog<PhoneCall>(({ id }) => id, limit),
    hooks: { inbound: '', receipt: '' },
  };
}

/** Money as this vendor prints it in its older APIs: eight decimals. */
export const euros = (amount: Micros): string => decimalText(amount, 8);

/** Numbers travel without `+`; the price book and the bill want it. */
export const e164 = (number: string): string => (/^[1-9]\d+$/.test(number) ? `+${number}` : number);

export const bare = (number: string): string => number.replace(/^\+/, '');

export const isNumber = (number: string): boolean => /^\+?[1-9]\d{6,14}$/.test(number);

/** A webhook URL of an application's capability; empty when none is set. */
export function capabilityHook(
  application: Application | undefined,
  capability: string,
  hook: string,
): string {
  const found = walk(application?.capabilities, [capability, 'webhooks', hook, 'address']);
  return typeof found === 'string' ? found : '';
}

function walk(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[name];
  }
  return current;
}
