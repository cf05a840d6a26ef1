import type { Vendor } from '../vendor.ts';
import { custody } from './credential.ts';
import { facts, operations, VENDOR } from './facts.ts';
import { limit, readIntent } from './intents.ts';
import { leaks } from './leaks.ts';
import { management } from './manage.ts';
import { refuse } from './refuse.ts';
import { readSettlement } from './settle.ts';
import { tokens } from './token.ts';
import { translation } from './binary.ts';
import { webhooks } from './webhook.ts';

export const livekit: Vendor = Object.freeze({
  id: VENDOR,
  facts,
  operations,
  custody,
  translation,
  readIntent,
  limit,
  readSettlement,
  refuse,
  /** The vendor keeps no record of single calls or recordings with a price. */
  lookup: null,
  webhooks,
  tokens,
  management,
  leaks,
});
