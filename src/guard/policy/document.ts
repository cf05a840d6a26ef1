import { LineCounter, parseDocument } from 'yaml';
import { RingfenceError } from '../../kernel/errors.ts';
import { explainIssues } from '../../kernel/schema-problems.ts';
import { sayYamlIssue } from '../../kernel/wording.ts';
import { explainBroken, inOrder, lineOf } from './explain.ts';
import { type PolicyDocument, policySchema } from './schema.ts';

/** On larger malformed text the parser can take seconds. */
const MAX_SOURCE = 128 * 1024;

/** What YAML 1.2 does not allow in a text; a store may not take it either. */
const NOT_YAML = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Reads a policy in YAML. Throws `input_invalid` that tells all that is wrong: line, field, what is expected, what was meant. */
export function parsePolicy(source: string): PolicyDocument {
  if (source.length > MAX_SOURCE) throw invalid('it is larger than 128 KiB');
  const foreign = NOT_YAML.exec(source);
  if (foreign !== null) throw invalid(describeLetter(source, foreign.index));
  const lines = new LineCounter();
  const yaml = parseDocument(source, {
    lineCounter: lines,
    maxAliasCount: 0,
    uniqueKeys: true,
    resolveKnownTags: false, // A set would pass for an object without fields.
  } as Parameters<typeof parseDocument>[1]);
  const [broken] = [...yaml.errors, ...yaml.warnings];
  if (broken !== undefined) throw invalid(explainBroken(broken));
  const result = policySchema.safeParse(toValue(yaml), { error: sayYamlIssue });
  const line = (path: readonly (string | number)[]) => lineOf(yaml, lines, path);
  if (!result.success)
    throw invalid(
      ...explainIssues(inOrder(result.error.issues, line), {
        schema: policySchema,
        whole: 'the document',
        locate: (path) => `line ${line(path)}: `,
      }),
    );
  const seen = new Set<string>();
  for (const place of ['rules', 'limits'] as const)
    for (const [index, { id }] of (result.data[place] ?? []).entries()) {
      if (seen.has(id)) throw invalid(`line ${line([place, index])}: two rules or limits are called ${id}`);
      seen.add(id);
    }
  return result.data;
}

function describeLetter(source: string, at: number): string {
  const code = source.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  return `line ${source.slice(0, at).split('\n').length}: the letter U+${code} cannot stand in YAML`;
}

function toValue(yaml: ReturnType<typeof parseDocument>): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 0 });
  } catch {
    throw invalid('YAML aliases are not allowed');
  }
}

/** One problem is told in a sentence, several a line each. */
function invalid(...problems: readonly string[]): RingfenceError {
  const told = problems.map((problem) => (/[.?]$/.test(problem) ? problem : `${problem}.`));
  const between = told.length === 1 ? ' ' : '\n';
  return new RingfenceError('input_invalid', `The policy is not valid:${between}${told.join('\n')}`);
}
