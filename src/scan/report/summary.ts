import type { ScanReport } from './findings.ts';
import { oneLine } from './printable.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';
/** Colours text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** True when no document could be read, so that finding nothing means nothing. */
export const isBlind = ({ documents, problems }: Pick<ScanReport, 'documents' | 'problems'>): boolean =>
  documents === 0 && problems.length > 0;

/** What was looked at and found, in one line. */
export function formatSummary(report: ScanReport, paint: Paint): string {
  const { findings, documents, bytes, binaries, startedAt, endedAt, held, scanned } = report;
  const seconds = ((endedAt - startedAt) / 1000).toFixed(1);
  const passedOver = binaries === 0 ? '' : `; ${count(binaries, 'binary file')} passed over`;
  const looked = `${count(documents, 'document')}, ${size(bytes)} in ${seconds} s${passedOver}`;
  const secrets = findings.filter(({ rule }) => rule.role === 'secret').length;
  const others = findings.length - secrets;
  const known = [
    ...(held.baseline > 0 ? [`${held.baseline} in the baseline`] : []),
    ...(held.allowed > 0 ? [`${held.allowed} allowed`] : []),
  ];
  const also = known.length === 0 ? '' : ` Not counted: ${known.join(', ')}.`;
  const identifiers = others === 0 ? '' : ` and ${count(others, 'identifier')}`;
  if (isBlind(report))
    return `${paint('red', `Nothing could be read in ${oneLine(scanned)}`)} (${looked}).\n`;
  const result =
    findings.length === 0
      ? paint('green', `No credentials found in ${oneLine(scanned)}`)
      : paint('bold', `${count(secrets, 'secret')}${identifiers} in ${oneLine(scanned)}`);
  return `${result} (${looked}).${also}\n`;
}

const count = (number: number, what: string): string =>
  `${grouped(number)} ${what}${number === 1 ? '' : 's'}`;

function size(bytes: number): string {
  if (bytes < 1 << 20) return `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KiB`;
  return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}

/** A number with commas, as 1,234,567. Not by `Intl`, whose loading takes longer than a small scan. */
const grouped = (number: number): string => String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
