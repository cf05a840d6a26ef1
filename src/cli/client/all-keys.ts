import type { Answer } from '../../api/contract.ts';
import type { AdminClient } from './client.ts';

/** All virtual keys in order of name. Fetched by pages, so that the gateway can do other work in between. */
export async function allKeys(client: AdminClient): Promise<Answer<'keys.list'>> {
  const all: Answer<'keys.list'> = [];
  for (;;) {
    const page = await client.call('keys.list', { after: all.at(-1)?.id });
    if (page.length === 0) return all;
    all.push(...page);
  }
}
