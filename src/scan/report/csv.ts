import { commitOf, pathOf } from './places.ts';
import type { Finding, ScanReport } from './findings.ts';
import { maskValue } from './mask.ts';
import { oneLine } from './printable.ts';

const HEAD = [
  'rule',
  'vendor',
  'title',
  'severity',
  'confidence',
  'value',
  'place',
  'line',
  'column',
  'commit',
  'in head',
  'remedy',
];

/** The report as CSV (RFC 4180): a row for each place of each value. */
export function formatCsv({ findings }: ScanReport): string {
  return [HEAD, ...findings.flatMap(toRows)].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function toRows({ rule, severity, confidence, secret, places }: Finding): string[][] {
  return places.map((sighting) => {
    const { place, line, column } = sighting;
    const inHead = place.kind === 'git' ? String(place.inHead) : '';
    return [
      rule.id,
      rule.vendor,
      rule.title,
      severity,
      confidence,
      maskValue(secret.reveal()),
      pathOf(place),
      String(line),
      String(column),
      commitOf(sighting) ?? '',
      inHead,
      rule.remedy,
    ];
  });
}

/** Quotes a cell, and keeps a spreadsheet from taking it for a formula: paths and authors are chosen by strangers. */
function cell(text: string): string {
  const line = oneLine(text);
  const safe = /^[\s]*[=+\-@|%]/.test(line) ? `'${line}` : line;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
