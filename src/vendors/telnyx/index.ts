import type { Vendor } from '../vendor.ts';
import { custody } from './credential.ts';
import { facts, operations, VENDOR } from './facts.ts';
import { readIntent } from './intents.ts';
import { leaks } from './leaks.ts';
import { limit } from './limit.ts';
import { lookup } from './lookup.ts';
import { management } from './manage.ts';
import { refuse } from './refuse.ts';
import { readSettlement } from './settle.ts';
import { webhooks } from './webhook.ts';

export const telnyx: Vendor = Object.freeze({
  id: VENDOR,
  facts,
  operations,
  custody,
  readIntent,
  limit,
  readSettlement,
  refuse,
  lookup,
  webhooks,
  /** The vendor mints its client tokens itself, from a request that goes through the gateway. */
  tokens: null,
  management,
  leaks,
});
