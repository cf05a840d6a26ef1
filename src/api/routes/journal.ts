import { z } from 'zod';
import { count, empty, point, time, type RouteSpec } from '../schema.ts';

/** A journal record. Its other members depend on `type`. Times and micros are plain numbers, as in the journal's files. */
const record = z.looseObject({ type: z.string(), at: z.number() });
const entry = z.object({
  id: z.string(),
  node: z.string(),
  epoch: z.number(),
  position: z.number(),
  record,
});

/** Damaged epochs that were taken out of a journal. Their files are kept in its folder `retired`. */
const retirement = z.object({
  node: z.string(),
  through: z.number().describe('The last epoch that was retired'),
  faults: z.array(z.string()),
  segments: z.array(
    z.object({
      name: z.string(),
      bytes: z.number(),
      hash: z.string().nullable().describe('SHA-256; null: the disk did not return the file'),
    }),
  ),
  at: time,
  actor: z.string(),
  reason: z.string(),
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
    input: z.strictObject({ id: point }),
    output: z.object({
      entries: z.array(entry),
      isCut: z.boolean().describe('More may have followed than was looked at'),
    }),
  },
  'journal.export': {
    summary: 'All records of a time range, one per line',
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
          retired: z.array(
            retirement.extend({ kept: z.number().describe('Its segments that are still there') }),
          ),
        }),
      ),
      problems: z.array(z.string()),
    }),
  },
  'journal.retire': {
    summary: 'Take damaged epochs, and those before them, out of a journal and keep them as evidence',
    input: z.strictObject({
      node: z.string().regex(/^\w{1,60}$/, 'a node is called control, w0, w1 …'),
      through: z
        .number()
        .int()
        .min(1)
        .max(99_999_999)
        .describe('The last epoch to retire; it must be damaged'),
      reason: z.string().trim().min(1).max(500),
    }),
    output: retirement,
  },
} as const satisfies Record<string, RouteSpec>;
