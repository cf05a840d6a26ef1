import { z } from 'zod';
import { count, empty, time, type RouteSpec } from '../schema.ts';

/** Journal records differ by type; each has these two. Times and micros in them are numbers, as in the files. */
const record = z.looseObject({ type: z.string(), at: z.number() });
const entry = z.object({
  id: z.string(),
  node: z.string(),
  epoch: z.number(),
  position: z.number(),
  record,
});

export const journalRoutes = {
  'journal.tail': {
    summary: 'Records after a cursor; waits for the first when there is none yet',
    input: z.strictObject({
      cursor: z.string().max(2000).optional().describe('From an earlier answer; absent: the latest records'),
      limit: count(1000).default(20),
      waitSeconds: z.coerce.number<number>().min(0).max(55).default(0),
    }),
    output: z.object({ entries: z.array(entry), cursor: z.string() }),
  },
  'journal.show': {
    summary: 'A record and what followed it',
    input: z.strictObject({ id: z.string().regex(/^[\w.]+-\d+-\d+$/, 'an id looks like w0-3-17') }),
    output: z.array(entry),
  },
  'journal.export': {
    summary: 'All records of a time range, one a line',
    input: z.strictObject({
      since: z.iso.datetime({ offset: true }).optional(),
      until: z.iso.datetime({ offset: true }).optional(),
    }),
    output: entry,
    format: 'lines',
  },
  'journal.verify': {
    summary: 'Check every hash and signature of the journal',
    input: empty,
    output: z.object({
      journals: z.array(
        z.object({
          node: z.string(),
          epochs: z.number(),
          records: z.number(),
          /** Records up to the last signed checkpoint. */
          signed: z.number(),
          lastAt: time.nullable(),
          /** Ends of epochs that a crash cut off: id of the record that was never finished, and its bytes. */
          torn: z.array(z.object({ id: z.string(), bytes: z.number() })),
        }),
      ),
      problems: z.array(z.string()),
    }),
  },
} as const satisfies Record<string, RouteSpec>;
