import { rewriteJsonLinks } from '../shared/link-rewrite.ts';
import type { Vendor } from '../vendor.ts';
import { limit } from './calls.ts';
import { custody } from './credential.ts';
import { facts, operations, productHost, VENDOR } from './facts.ts';
import { readIntent } from './intents.ts';
import { leaks } from './leaks.ts';
import { lookup } from './lookup.ts';
import { management } from './manage.ts';
import { refuse } from './refuse.ts';
import { readSettlement } from './settle.ts';
import { tokens } from './token.ts';
import { webhooks } from './webhook.ts';

export const twilio: Vendor = Object.freeze({
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

/** Every product but the core API links its pages and subresources absolutely: `meta.next_page_url`, `url`, `links`. */
function rewriteLinks(body: string, toGateway: (host: string) => string): string {
  return rewriteJsonLinks(body, {
    isLinkKey: (key) => key === 'url' || key === 'links' || key.endsWith('_url'),
    isVendorHost: (host) => productHost(host) !== null,
    toGateway,
  });
}
