import { rewriteJsonLinks } from '../shared/link-rewrite.ts';
import { facts } from './facts.ts';

/** HAL links, reports and recordings to fetch. */
const LINKS: ReadonlySet<string> = new Set(['href', 'download_url', 'recording_url']);

/** Points links at the vendor's own hosts back at the gateway. */
export function rewriteLinks(body: string, toGateway: (host: string) => string): string {
  return rewriteJsonLinks(body, {
    isLinkKey: (key) => LINKS.has(key),
    isVendorHost: (host) => facts.hosts.includes(host),
    toGateway,
  });
}
