import type { Journal } from '../../journal/journal.ts';

/**
 * What a request cost less than its bound goes back to the slice at once. If its outcome is not recorded, the ledger still
 * counts the bound, and that money would be spent twice. So `stop` ends the
 * process when an outcome cannot be appended, and what is left of its slices counts as spent. Any other record may
 * fail: what it stands for has not happened yet.
 */
export function stoppingOnLostOutcome<Writer extends Pick<Journal, 'append'>>(
  journal: Writer,
  stop: () => void,
): Writer {
  return {
    ...journal,
    append(record, onWritten) {
      try {
        return journal.append(record, onWritten);
      } catch (error) {
        if (typeOf(record) === 'outcome') stop();
        throw error;
      }
    },
  };
}

function typeOf(record: Parameters<Journal['append']>[0]): string {
  return typeof record === 'string' ? (JSON.parse(record) as { readonly type: string }).type : record.type;
}
