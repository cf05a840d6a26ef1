import { commitOf, locate } from './places.ts';
import { type Finding, type ScanReport, type Severity } from './findings.ts';
import { maskValue } from './mask.ts';
import { oneLine } from './printable.ts';
import { formatSummary, type Paint, type Style } from './summary.ts';

const MOST_PLACES = 4;
const MOST_PROBLEMS = 10;
const INDENT = '    ';

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

/** What could not be read; empty when there is nothing. */
export function formatProblems({ problems }: ScanReport): string {
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
