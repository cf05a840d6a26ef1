import { locate } from './places.ts';
import type { Finding, ScanReport } from './findings.ts';
import { maskValue } from './mask.ts';
import { oneLine } from './printable.ts';

const MOST_PLACES = 100;

/** The report as JUnit XML: a failed test for each value, or one that passed. */
export function formatJunit({ findings, problems, startedAt, endedAt, scanned }: ScanReport): string {
  const seconds = ((endedAt - startedAt) / 1000).toFixed(3);
  const total = Math.max(1, findings.length);
  const counts = `tests="${total}" failures="${findings.length}" errors="0" time="${seconds}"`;
  const cases =
    findings.length === 0
      ? [`    <testcase classname="ringfence" name="${escapeXml(`no credentials in ${scanned}`)}" time="0"/>`]
      : findings.map(toCase);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ringfence scan" ${counts}>`,
    `  <testsuite name="ringfence scan" ${counts} timestamp="${new Date(startedAt).toISOString().slice(0, 19)}">`,
    ...cases,
    ...(problems.length === 0 ? [] : [toErrors(problems)]),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** What could not be read, a line each. */
const toErrors = (problems: ScanReport['problems']): string =>
  `    <system-err>${problems.map(({ where, problem }) => escapeXml(`${where}: ${problem}`)).join('\n')}</system-err>`;

function toCase({ rule, secret, severity, places }: Finding): string {
  const name = `${rule.id} at ${locate(places[0])}`;
  const message = `${rule.title}: ${maskValue(secret.reveal())}`;
  const where = places.slice(0, MOST_PLACES).map(locate);
  return [
    `    <testcase classname="ringfence.${escapeXml(rule.id)}" name="${escapeXml(name)}" time="0">`,
    `      <failure message="${escapeXml(message)}" type="${severity}">`,
    ...[...where, rule.remedy].map(escapeXml),
    '      </failure>',
    '    </testcase>',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Also without the characters that XML 1.0 knows no form for. */
function escapeXml(text: string): string {
  return oneLine(text)
    .toWellFormed()
    .replaceAll(/[\uFFFE\uFFFF]/g, '')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
