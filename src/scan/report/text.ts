import { commitOf, locate } from './places.ts';
import { type Finding, type ScanReport, type Severity } from './findings.ts';
import { maskValue } from './mask.ts';
import { oneLine } from './printable.ts';

const MOST_PLACES = 4;
const MOST_PROBLEMS = 10;
const INDENT = '    ';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';
/** Colours text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

const COLOURS: Readonly<Record<Severity, Style>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'yellow',
  info: 'cyan',
};

/** The report for people. */
export function formatText(report: ScanReport, paint: Paint): string {
  const blocks = report.findings.map((finding) => formatFinding(finding, paint));
  return [...blocks, formatProblems(report), formatRemarks(report, paint), formatSummary(report, paint)]
    .filter((block) => block !== '')
    .join('\n');
}

function formatFinding(finding: Finding, paint: Paint): string {
  const { rule, severity, secret, confidence } = finding;
  const head = `${paint(COLOURS[severity], severity.padEnd(8))} ${paint('bold', rule.title)}  ${maskValue(secret.reveal())}`;
  const doubt = confidence === 'low' ? ['not sure   its form is not quite right'] : [];
  const lines = [
    ...verdictLines(finding),
    ...placeLines(finding),
    ...historyLines(finding),
    ...companionLines(finding),
    ...doubt,
  ];
  const rest = [...lines, `to do      ${rule.remedy}`, `rule       ${rule.id}`].map(oneLine);
  return `${head}\n${rest.map((line) => `${INDENT}${dimLabel(line, paint)}\n`).join('')}`;
}

const dimLabel = (line: string, paint: Paint): string => paint('dim', line.slice(0, 11)) + line.slice(11);

const STATES = { active: 'it works', revoked: 'it is dead', unknown: 'cannot tell' } as const;

function verdictLines({ verdict }: Finding): string[] {
  if (verdict === null) return [];
  const reach = verdict.reach === undefined ? [] : [`can do     ${verdict.reach.join(', ')}`];
  return [`verified   ${STATES[verdict.state]}: ${verdict.reason}`, ...reach];
}

function placeLines({ places }: Finding): string[] {
  const shown = places
    .slice(0, MOST_PLACES)
    .map((place, index) => (index === 0 ? 'where' : 'also').padEnd(11) + locate(place));
  const more = places.length - shown.length;
  return more === 0 ? shown : [...shown, `           and ${more} more`];
}

function historyLines({ firstSeen, lastSeen, inHead }: Finding): string[] {
  const first = firstSeen === null ? null : commitOf(firstSeen);
  const last = lastSeen === null ? null : commitOf(lastSeen);
  return [
    ...(first === null ? [] : [`first      ${first}`]),
    ...(last === null || last === first ? [] : [`last       ${last}`]),
    ...(inHead === null
      ? []
      : [inHead ? 'now        still in HEAD' : 'now        gone from HEAD, but not from the history']),
  ];
}

function companionLines({ companions }: Finding): string[] {
  const known = Object.entries(companions).slice(0, 6);
  return known.length === 0
    ? []
    : [`with       ${known.map(([name, value]) => `${name} ${value.slice(0, 80)}`).join(', ')}`];
}

function formatProblems({ problems }: ScanReport): string {
  if (problems.length === 0) return '';
  const lines = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ where, problem }) => `${INDENT}${oneLine(`${where}: ${problem}`)}`);
  const more = problems.length - lines.length;
  return [
    'Not everything could be read:',
    ...lines,
    ...(more > 0 ? [`${INDENT}and ${more} more`] : []),
    '',
  ].join('\n');
}

function formatRemarks({ remarks }: ScanReport, paint: Paint): string {
  return remarks.map((remark) => `${paint('yellow', 'note')}     ${oneLine(remark)}\n`).join('');
}

function formatSummary(report: ScanReport, paint: Paint): string {
  const { findings, documents, bytes, startedAt, endedAt, held, scanned } = report;
  const seconds = ((endedAt - startedAt) / 1000).toFixed(1);
  const looked = `${count(documents, 'document')}, ${size(bytes)} in ${seconds} s`;
  const secrets = findings.filter(({ rule }) => rule.role === 'secret').length;
  const others = findings.length - secrets;
  const known = [
    ...(held.baseline > 0 ? [`${held.baseline} in the baseline`] : []),
    ...(held.allowed > 0 ? [`${held.allowed} allowed`] : []),
  ];
  const also = known.length === 0 ? '' : ` Not counted: ${known.join(', ')}.`;
  const identifiers = others === 0 ? '' : ` and ${count(others, 'identifier')}`;
  const result =
    findings.length === 0
      ? paint('green', `No credentials found in ${oneLine(scanned)}`)
      : paint('bold', `${count(secrets, 'secret')}${identifiers} in ${oneLine(scanned)}`);
  return `${result} (${looked}).${also}\n`;
}

const count = (number: number, what: string): string =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;

function size(bytes: number): string {
  if (bytes < 1 << 20) return `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KiB`;
  return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
