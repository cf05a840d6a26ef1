import type { Context } from 'hono';
import { RingfenceError } from '../kernel/errors.ts';
import type { RoutePath } from './paths.ts';
import type { RouteSpec } from './schema.ts';
import { explainIssues } from '../kernel/schema-problems.ts';
import { sayIssue } from '../kernel/wording.ts';

/** Merges path parameters with query or body and checks them by the route's schema. Throws `input_invalid` that names the member. */
export async function readInput(
  context: Context,
  { method, parameters }: RoutePath,
  { input }: RouteSpec,
): Promise<Record<string, unknown>> {
  const hasBody = method === 'POST' || method === 'PUT';
  const given = hasBody ? await readBody(context) : readQuery(context);
  const twice = parameters.find((name) => Object.hasOwn(given, name));
  if (twice !== undefined)
    throw new RingfenceError('input_invalid', `${twice} is named by the path, and only there.`);
  const named = parameters.map((name) => [name, context.req.param(name)] as const);
  const result = input.safeParse({ ...given, ...Object.fromEntries(named) }, { error: sayIssue });
  if (result.success) return result.data;
  const { issues } = result.error;
  const told = explainIssues(issues.slice(0, 5), { schema: input, whole: 'input', locate: () => '' });
  throw new RingfenceError('input_invalid', told.map((one) => one.replace(/\.$/, '')).join('; '));
}

async function readBody(context: Context): Promise<object> {
  const text = decode(await context.req.arrayBuffer());
  if (text === '') return {};
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new RingfenceError('input_invalid', 'The body must be application/json.');
  const body = parse(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new RingfenceError('input_invalid', 'The body must be a JSON object.');
  return body;
}

/** Refuses what is not UTF-8. Replacement characters would silently change a name, or a credential before it is sealed. */
function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RingfenceError('input_invalid', 'The body is not UTF-8.');
  }
}

/** The parser's message quotes the text, which may hold a credential, so it is not passed on. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text, HALVES.test(text) ? checkWhole : undefined);
  } catch (error) {
    if (error instanceof RingfenceError) throw error;
    throw new RingfenceError('input_invalid', 'The body is not valid JSON.');
  }
}

/** An escaped surrogate such as `\ud83d`: JSON can write a character as two of them. */
const HALVES = /\\ud[89a-f]/i;

/** Refuses lone surrogates. Once stored, one would make the whole list that contains it unreadable for strict JSON readers. */
function checkWhole(name: string, value: unknown): unknown {
  if (name.isWellFormed() && (typeof value !== 'string' || value.isWellFormed())) return value;
  throw new RingfenceError('input_invalid', 'The body holds half a letter (a lone surrogate).');
}

function readQuery(context: Context): Record<string, string> {
  const entries = Object.entries(context.req.queries());
  const repeated = entries.find(([, values]) => values.length > 1);
  if (repeated !== undefined)
    throw new RingfenceError('input_invalid', `${repeated[0].slice(0, 60)} is given more than once.`);
  return Object.fromEntries(entries.map(([name, values]) => [name, values[0] ?? '']));
}
