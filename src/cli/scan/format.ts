import type { Finding, ScanReport } from '../../scan/report/findings.ts';
import type { Paint } from '../../scan/report/summary.ts';

export type Format = 'text' | 'json' | 'sarif' | 'gitlab' | 'junit' | 'csv';

export interface FormatOptions {
  /** Keyed hash of a finding's value; null for a project without a key. */
  readonly fingerprint: ((finding: Finding) => string) | null;
  readonly isColoured: boolean;
}

/** Colours text. Gets `node:util` only when it is used, because importing it takes as long as a small scan. */
const coloured: Paint = (style, text) =>
  process.getBuiltinModule('node:util').styleText(style, text, { validateStream: false });
const plain: Paint = (_, text) => text;

/** Writes the report in the requested format; only the code of that format is loaded. */
export async function formatReport(
  format: Format,
  report: ScanReport,
  { fingerprint, isColoured }: FormatOptions,
): Promise<string> {
  switch (format) {
    case 'text':
      return formatForPeople(report, isColoured ? coloured : plain);
    case 'json':
      return (await import('../../scan/report/json.ts')).formatJson(report, fingerprint);
    case 'sarif':
      return (await import('../../scan/report/sarif.ts')).formatSarif(report, fingerprint);
    case 'gitlab':
      return (await import('../../scan/report/gitlab.ts')).formatGitlab(report);
    case 'junit':
      return (await import('../../scan/report/junit.ts')).formatJunit(report);
    case 'csv':
      return (await import('../../scan/report/csv.ts')).formatCsv(report);
  }
}

/** A report for people. When nothing was found, that is one line, for which little code is loaded. */
async function formatForPeople(report: ScanReport, paint: Paint): Promise<string> {
  const { findings, problems, remarks } = report;
  if (findings.length + problems.length + remarks.length === 0)
    return (await import('../../scan/report/summary.ts')).formatSummary(report, paint);
  return (await import('../../scan/report/text.ts')).formatText(report, paint);
}
