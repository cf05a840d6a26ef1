import { countable, ROW_COLUMNS, ROW_JOINS } from '../select.ts';

/**
 * Every statement that moves money or reads it to decide, in one place for review. Invariant of all of them together,
 * for each (budget, period): spent = sum of the rows' reserves, leased = sum of `remaining` of open leases,
 * presumed = sum of `remaining` of presumed leases.
 */

export const LIFE_INSERT = `
  INSERT INTO life (node, epoch, position, head) VALUES (?, ?, 0, '') ON CONFLICT DO NOTHING`;

export const LIFE_GET = `
  SELECT id, position, head, closed FROM life WHERE node = ? AND epoch = ?`;

export const LIFE_ADVANCE = `
  UPDATE life SET position = ?, head = ? WHERE id = ?`;

export const LIFE_CLOSE = `
  UPDATE life SET closed = ? WHERE id = ? AND closed IS NULL`;

export const CURSORS = `
  SELECT epoch, position, head FROM life WHERE node = ? ORDER BY epoch`;

export const CURSORS_GIVEN_UP = `
  SELECT epoch, position, head FROM life WHERE node = ? AND closed = 'presume' ORDER BY epoch`;

export const ANCHOR_PUT = `
  INSERT INTO anchor (life, slot, position, head) VALUES (?, ?, ?, ?)
  ON CONFLICT (life, slot) DO UPDATE SET position = excluded.position, head = excluded.head`;

export const ANCHOR_AT = `
  SELECT head FROM anchor WHERE life = ? AND slot = ? AND position = ?`;

export const HEADS = `
  SELECT life.epoch, anchor.position, anchor.head FROM life JOIN anchor ON anchor.life = life.id
  WHERE life.node = ? ORDER BY life.epoch, anchor.position`;

export const PERIOD_INSERT = `
  INSERT INTO period (budget, period) VALUES (?, ?) ON CONFLICT DO NOTHING`;

export const PERIOD_GET = `
  SELECT id FROM period WHERE budget = ? AND period = ?`;

export const PERIOD_NAME = `
  SELECT budget, period FROM period WHERE id = ?`;

/** Adds to the sums; a sum that would become negative fails the whole transaction. */
export const PERIOD_ADD = `
  UPDATE period SET spent = spent + ?, leased = leased + ?, presumed = presumed + ? WHERE id = ?`;

/** Everything that counts against a limit: range scan of the index on (budget, period). */
export const COUNTED = `
  SELECT ${countable('coalesce(sum(spent + leased + presumed), 0)')} AS counted FROM period WHERE budget = ? AND period >= ?`;

export const PERIODS = `
  SELECT budget, period, ${countable('spent')} AS spent, leased, presumed FROM period WHERE budget = ? AND period >= ? ORDER BY period`;

export const PERIOD_SUMS = `
  SELECT count(period.id) AS periods, ${countable('coalesce(sum(spent), 0)')} AS spent, coalesce(sum(leased), 0) AS leased,
    coalesce(sum(presumed), 0) AS presumed
  FROM json_each(?) AS asked
  LEFT JOIN period ON budget = asked.value ->> 'budget' AND period >= asked.value ->> 'since'
  GROUP BY asked.key ORDER BY asked.key`;

/** The usual case of a load or grant: an open lease that has enough. */
export const LEASE_MOVE_OPEN = `
  UPDATE lease SET remaining = remaining + ?1
  WHERE period_id = ?2 AND life = ?3 AND state = 'open' AND remaining + ?1 >= 0`;

export const LEASE_GET = `
  SELECT state, remaining, overdrawn FROM lease WHERE period_id = ? AND life = ?`;

export const LEASE_PUT = `
  INSERT INTO lease (state, remaining, overdrawn, period_id, life) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (period_id, life) DO UPDATE
  SET state = excluded.state, remaining = excluded.remaining, overdrawn = excluded.overdrawn`;

export const LEASES_OF_LIFE = `
  SELECT period_id, remaining FROM lease WHERE life = ? AND state = 'open'`;

export const LEASES_END = `
  UPDATE lease SET state = ?1, remaining = CASE ?1 WHEN 'presumed' THEN remaining ELSE 0 END
  WHERE life = ?2 AND state = 'open'`;

export const LEASES_PRESUMED = `
  SELECT lease.life, lease.remaining, life.node, life.epoch FROM lease JOIN life ON life.id = lease.life
  WHERE lease.period_id = ? AND lease.state = 'presumed' AND lease.remaining > 0 ORDER BY lease.life`;

export const LEASE_FORGIVE = `
  UPDATE lease SET remaining = remaining - ? WHERE period_id = ? AND life = ? AND state = 'presumed'`;

export const SUBJECT_INSERT = `
  INSERT INTO subject (content, key, app, account, vendor, operation, action, country, currency)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;

export const SUBJECT_GET = `
  SELECT id FROM subject WHERE content = ?`;

export const ROW_LAST = `
  SELECT coalesce(max(id), 0) AS id FROM ledger`;

export const ROW_INSERT = `
  INSERT INTO ledger (id, life, position, at, subject, bound, amount, state, settled, reserves, resource_ids, fingerprints)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const ROW_CHANGE = `
  UPDATE ledger SET amount = ?, state = ?, settled = ?, at_bound = ?, reserves = ?, resource_ids = ? WHERE id = ?`;

/**
 * Rows of a dead process without an outcome: nobody knows, so they stay at their bound. The index holds the reserved
 * rows of all processes, which are few; the planner would rather read every row of the life.
 */
export const ROWS_TO_UNKNOWN = `
  UPDATE ledger INDEXED BY ledger_reserved SET state = 'unknown' WHERE life = ? AND state = 'reserved'`;

export const ROW_GET = `
  SELECT ${ROW_COLUMNS} ${ROW_JOINS}
  WHERE ledger.life = (SELECT id FROM life WHERE node = ? AND epoch = ?) AND ledger.position = ?`;

export const MARK_INSERT = `
  INSERT INTO mark (run, term, ledger) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`;

/** Rows may have been removed by hand: then their ids come again, and what is left of their terms does no harm. */
export const RUN_TERMS_INSERT = `
  INSERT INTO run_terms (ledger, terms) VALUES (?, ?)
  ON CONFLICT DO UPDATE SET terms = CAST(terms || excluded.terms AS BLOB)`;
