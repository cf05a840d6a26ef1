import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import type { ClientOptions } from './client.ts';
import type { CliProcess } from '../context.ts';
import type { CommonFlags } from '../flags.ts';
import { DEFAULT_URL, findPlaces } from './places.ts';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Finds the origin of the admin API and its token. Throws rather than send a token in clear over a network. */
export async function findConnection(
  flags: CommonFlags & { readonly config?: string },
  process: Pick<CliProcess, 'env'>,
): Promise<ClientOptions> {
  const { env } = process;
  const places = await findPlaces(flags, process);
  const url = readUrl(places.url);
  const token = env['RINGFENCE_TOKEN'] || (await readToken(places.data));
  const user = env['USER'] ?? '';
  return { url, token, actor: /^[\w.@-]{1,64}$/.test(user) ? user : null };
}

function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new RingfenceError('usage', `The URL ${JSON.stringify(text)} is not one such as ${DEFAULT_URL}.`);
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    throw new RingfenceError('usage', `${url.hostname} is another machine; the token needs https there.`);
  return url.origin;
}

async function readToken(data: string): Promise<string | null> {
  const text = await readFile(join(data, 'admin-token'), 'utf8').catch(() => '');
  return text.trim() || null;
}
