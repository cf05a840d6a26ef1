import type { Vendor } from '../vendor.ts';
import { custody } from './credential.ts';
import { facts, operations, VENDOR } from './facts.ts';
import { readIntent } from './intents.ts';
import { leaks } from './leaks.ts';
import { rewriteLinks } from './links.ts';
import { lookup } from './lookup.ts';
import { management } from './manage.ts';
import { refuse } from './refuse.ts';
import { readSettlement } from './settle.ts';
import { tokens } from './token.ts';
import { limit } from './voice.ts';
import { webhooks } from './webhook.ts';

export const vonage: Vendor = Object.freeze({
  id: VENDOR,
  facts,
  operations,
  custody,
  readIntent,
  limit,
  readSettlement,
  refuse,
  rewriteLinks,
  lookup,
  webhooks,
  tokens,
  management,
  leaks,
});
