import { active, revoked, unknown, type LeakCheck } from '../../vendors/leak-check.ts';
import type { WireRequest, WireResponse } from '../../vendors/wire.ts';

/** Where the credential goes. Texts may hold `{secret}` and names of companions such as `{id}`. */
export type Credential =
  | { readonly bearer: string }
  | { readonly basic: readonly [user: string, password: string] }
  /** Base64 of `user:password` as it was found. */
  | { readonly encoded: string }
  | { readonly header: readonly [name: string, value: string] }
  /** It stands in the path or query. */
  | { readonly url: true };

/** What an answer means, told by its JSON or text; null: what its status says. */
export type Meaning = (answer: Answer) => 'active' | 'restricted' | 'revoked' | 'unclear' | null;

export interface Answer {
  readonly status: number;
  /** Null when the body is no JSON. */
  readonly json: unknown;
  readonly text: string;
}

/** A documented read that tells whether a credential works. */
export interface Recipe {
  readonly rules: readonly string[];
  /** Tried in this order (regions): a yes of one is enough, a no must come from all. */
  readonly hosts: readonly string[];
  readonly path: string;
  readonly query?: string;
  readonly credential: Credential;
  /** Takes the secret apart where it holds more than one value: its named groups can be used like companions. */
  readonly parts?: RegExp;
  /** What must stand beside the secret, as pattern and in words. */
  readonly needs?: Readonly<Record<string, readonly [form: RegExp, words: string]>>;
  /** How companions look in the lines around the secret; the first group is the value. */
  readonly near?: Readonly<Record<string, RegExp>>;
  /** Where the status is not the whole truth. Else: 200 is active, 401 revoked, 403 restricted or unclear. */
  readonly means?: Meaning;
  /** True when a 403 proves that the vendor knows the credential. */
  readonly forbidsKnown?: boolean;
  /** What the holder could do, by the answer to a live one. */
  readonly reach?: (answer: Answer) => readonly string[];
  /** Page on which the read is documented. */
  readonly source: string;
}

const MOST_REACH = 12;
const HOST = /^[a-z0-9.-]+$/;

/** The recipe as a check. */
export function checkOf(recipe: Recipe): LeakCheck {
  return {
    rules: recipe.rules,
    ...(recipe.near === undefined ? {} : { near: recipe.near }),
    requests(found) {
      for (const [name, [form, words]] of Object.entries(recipe.needs ?? {}))
        if (!form.test(found.companions[name] ?? ''))
          return `It can be asked only together with its ${words}, which is not beside it.`;
      const secret = found.secret.reveal();
      if (!isPlain(secret)) return 'The value has characters that no credential of this kind has.';
      const parts = recipe.parts === undefined ? {} : recipe.parts.exec(secret)?.groups;
      if (parts === undefined) return 'The value does not have the form of such a credential.';
      return recipe.hosts.map((host) => requestOf(recipe, host, { ...found.companions, ...parts, secret }));
    },
    judge(answers, isLast) {
      const last = answers.at(-1);
      if (last === undefined) return unknown('The vendor answered nothing.');
      const answer = readAnswer(last);
      const meanings = answers.map((one) => meaningOf(recipe, readAnswer(one)));
      const latest = meanings.at(-1);
      if (latest === 'active') return active('The vendor accepts it.', reachOf(recipe, answer));
      if (latest === 'restricted')
        return active('The vendor knows it, but it may not read what was asked: it is restricted.');
      if (!isLast) return null;
      if (meanings.every((one) => one === 'revoked')) return revoked('The vendor does not accept it.');
      return unknown(`The vendor answered ${answer.status}, which does not tell whether it works.`);
    },
  };
}

function meaningOf({ means, forbidsKnown }: Recipe, answer: Answer): ReturnType<Meaning> {
  const told = means?.(answer) ?? null;
  if (told !== null) return told;
  if (answer.status === 200) return 'active';
  if (answer.status === 401) return 'revoked';
  return answer.status === 403 && forbidsKnown === true ? 'restricted' : 'unclear';
}

function reachOf({ reach }: Recipe, answer: Answer): readonly string[] {
  return (reach?.(answer) ?? []).slice(0, MOST_REACH).map((text) => text.slice(0, 100));
}

function requestOf(
  { path, query = '', credential }: Recipe,
  host: string,
  values: Readonly<Record<string, string>>,
): WireRequest {
  const filled = fill(path, values, encode);
  return {
    method: 'GET',
    host: HOST.test(host) ? host : '',
    path: filled,
    segments: filled.slice(1).split('/').map(decodeURIComponent),
    query: fill(query, values, encode),
    headers: { accept: 'application/json', ...headersOf(credential, values) },
    body: Buffer.alloc(0),
  };
}

/** A colon needs no encoding in a path, and not every vendor decodes one. */
function encode(value: string): string {
  return encodeURIComponent(value).replaceAll('%3A', ':');
}

function headersOf(credential: Credential, values: Readonly<Record<string, string>>): Record<string, string> {
  const plain = (text: string) => fill(text, values, (value) => value);
  if ('bearer' in credential) return { authorization: `Bearer ${plain(credential.bearer)}` };
  if ('basic' in credential) {
    const pair = credential.basic.map(plain).join(':');
    return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  }
  if ('encoded' in credential) return { authorization: `Basic ${plain(credential.encoded)}` };
  if ('header' in credential) return { [credential.header[0]]: plain(credential.header[1]) };
  return {};
}

function fill(
  template: string,
  values: Readonly<Record<string, string>>,
  write: (value: string) => string,
): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => write(values[name] ?? ''));
}

/** Printable ASCII without spaces: nothing else can stand in a header, and nothing else is a key. */
function isPlain(secret: string): boolean {
  return /^[!-~]{4,2000}$/.test(secret);
}

function readAnswer({ status, body }: WireResponse): Answer {
  const text = body.toString('utf8');
  try {
    return { status, text, json: JSON.parse(text) as unknown };
  } catch {
    return { status, text, json: null };
  }
}

/** The member at a path of names; undefined when there is none. */
export function memberOf(json: unknown, ...path: readonly string[]): unknown {
  let current = json;
  for (const name of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[name];
  }
  return current;
}
