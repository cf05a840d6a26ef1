import { RingfenceError } from '../../kernel/errors.ts';
import type { Given } from '../contract.ts';
import type { JournalEntry } from '../services/journal.ts';
import { pointId, readPoint } from '../../kernel/point.ts';
import type { Handlers } from './handler.ts';

type Ids = 'journal.tail' | 'journal.show' | 'journal.export' | 'journal.verify' | 'journal.retire';

export const journalHandlers: Handlers<Ids> = {
  'journal.tail': async ({ services, input, signal }) => {
    const { cursor = null, limit, waitSeconds } = input;
    const found = await services.journal.tail({ cursor, limit, wait: waitSeconds * 1000, signal });
    return { cursor: found.cursor, entries: found.entries.map(show) };
  },
  'journal.show': async ({ services, input }) => {
    const { entries, isCut } = await services.journal.show(readPoint(input.id));
    if (entries.length === 0)
      throw new RingfenceError('not_found', `There is no journal record ${input.id}.`);
    return { entries: entries.map(show), isCut };
  },
  'journal.export': async function* ({ services, input, signal }) {
    const range = { since: readTime(input.since), until: readTime(input.until) };
    for await (const entry of services.journal.export(range)) {
      if (signal.aborted) return;
      yield show(entry);
    }
  },
  'journal.verify': ({ services, progress }) => services.journal.verify(progress),
  'journal.retire': ({ services, input, actor }) => services.journal.retire(input, actor),
};

function readTime(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}

function show({ node, epoch, position, record }: JournalEntry): Given<'journal.export'> {
  return { id: pointId({ node, epoch, position }), node, epoch, position, record: { ...record } };
}
