import { z } from 'zod';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

export interface Described {
  readonly schema: z.ZodType;
  /** What the input is called where the whole of it is wrong. */
  readonly whole: string;
  /** Where a path stands in the file, such as `line 6: `; empty where nothing is known. */
  readonly locate: (path: Path) => string;
}

const MOST_PROBLEMS = 10;

/** What is wrong with an input, a sentence for each problem: where, what, what is expected, and the word that was probably meant. */
export function explainIssues(issues: readonly Issue[], described: Described): readonly string[] {
  // There may be thousands of issues, so only those that are shown are put into words.
  const problems = issues.slice(0, MOST_PROBLEMS).flatMap((issue) => explainIssue(issue, described));
  const told = problems.slice(0, MOST_PROBLEMS).map(asSentence);
  const rest = issues.reduce((sum, issue) => sum + countOf(issue), 0) - told.length;
  return rest > 0 ? [...told, `and ${rest} more.`] : told;
}

function countOf(issue: Issue): number {
  return issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
}

function explainIssue(issue: Issue, { schema, whole, locate }: Described): readonly string[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const say = (place: Path, what: string) => `${locate(place)}${nameOf(place) || whole}: ${what}`;
  if (issue.code !== 'unrecognized_keys') return [say(path, issue.message)];
  const fields = fieldsOf(z.toJSONSchema(schema, { io: 'input' }));
  const parent = path.filter((part) => typeof part === 'string');
  const keys = issue.keys.slice(0, MOST_PROBLEMS);
  return keys.map((key) => say([...path, key], explainField(key, parent, fields)));
}

/** A path as people write it, such as `listeners.hosts["a b"]`: a name with other characters than letters and digits is quoted. */
function nameOf(path: Path): string {
  const parts = path.map((part) =>
    /^[\w-]+$/.test(String(part)) ? `.${part}` : `[${JSON.stringify(String(part).slice(0, 60))}]`,
  );
  return parts.join('').replace(/^\./, '');
}

function explainField(key: string, parent: readonly string[], fields: readonly Field[]): string {
  const unknown = `unknown field ${JSON.stringify(key.slice(0, 60))}`;
  const here = fields.filter(({ place }) => place === parent.join('.')).map(({ name }) => name);
  if (here.includes(key)) return `${JSON.stringify(key)} does not go with the other fields`;
  const near = nearest(key, here);
  if (near !== null) return `${unknown}, did you mean ${JSON.stringify(near)}?`;
  const homes = fields.filter(({ name, place }) => name === key && place !== '').map(({ place }) => place);
  const home = homes.find((place) => place.startsWith(parent[0] ?? '')) ?? homes[0];
  return home === undefined
    ? `${unknown}; here can be ${here.join(', ') || 'none'}`
    : `${unknown}; it belongs to ${home}`;
}

interface Field {
  readonly name: string;
  /** Names of the fields above it, with dots between. */
  readonly place: string;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** All fields of a JSON schema, however deep; lists are passed through. */
function fieldsOf(schema: JsonSchema | boolean | undefined, place = ''): readonly Field[] {
  if (typeof schema !== 'object') return [];
  const { properties = {}, items, oneOf = [], anyOf = [] } = schema;
  const own = Object.entries(properties).flatMap(([name, inner]) => [
    { name, place },
    ...fieldsOf(inner, place === '' ? name : `${place}.${name}`),
  ]);
  return [...own, ...[items, ...oneOf, ...anyOf].flat().flatMap((part) => fieldsOf(part, place))];
}

function asSentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}
