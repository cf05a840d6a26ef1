import { countable, ROW_COLUMNS, ROW_JOINS } from '../select.ts';

/**
 * Every statement that moves money, for review; the invariant is that of `sqlite/money-sql.ts`. Order of locks, which
 * rules out deadlocks between them: budget (grants only), life, ledger rows, leases, periods by ascending number.
 */

export const LIFE_INSERT = `
  INSERT INTO life (node, epoch) VALUES ($1, $2) ON CONFLICT DO NOTHING`;

export const LIFE_GET = `
  SELECT id, position, head, closed IS NOT NULL AS closed FROM life WHERE node = $1 AND epoch = $2`;

/** A load excludes other loads and the end of the same life, but not grants. */
export const LIFE_FOR_LOAD = `${LIFE_GET} FOR NO KEY UPDATE`;

/** A grant excludes only the end of the life. */
export const LIFE_FOR_GRANT = `${LIFE_GET} FOR KEY SHARE`;

export const LIFE_FOR_END = `${LIFE_GET} FOR UPDATE`;

/** A journal of which less is loaded than it once was. */
export const LIFE_LACKS = `
  SELECT node, epoch, known.position, coalesce(life.position, 0) AS there
  FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS known (node, epoch, position)
  LEFT JOIN life USING (node, epoch) WHERE coalesce(life.position, 0) < known.position LIMIT 1`;

export const LIFE_ADVANCE = `
  UPDATE life SET position = $1, head = $2 WHERE id = $3`;

export const LIFE_CLOSE = `
  UPDATE life SET closed = $1 WHERE id = $2 AND closed IS NULL`;

export const CURSORS = `
  SELECT epoch, position, head FROM life WHERE node = $1 ORDER BY epoch`;

export const CURSORS_GIVEN_UP = `
  SELECT epoch, position, head FROM life WHERE node = $1 AND closed = 'presume' ORDER BY epoch`;

export const ANCHOR_PUT = `
  INSERT INTO anchor (life, slot, position, head) VALUES ($1, $2, $3, $4)
  ON CONFLICT (life, slot) DO UPDATE SET position = excluded.position, head = excluded.head`;

export const ANCHOR_AT = `
  SELECT head FROM anchor WHERE life = $1 AND slot = $2 AND position = $3`;

export const HEADS = `
  SELECT life.epoch, anchor.position, anchor.head FROM life JOIN anchor ON anchor.life = life.id
  WHERE life.node = $1 ORDER BY life.epoch, anchor.position`;

/** Grants of one budget happen one after another. Everything else keeps or lowers what counts against a limit. */
export const BUDGET_LOCK = `
  SELECT pg_advisory_xact_lock(hashtextextended('budget ' || $1, 0))`;

export const PERIOD_INSERT = `
  INSERT INTO period (budget, period) VALUES ($1, $2) ON CONFLICT DO NOTHING`;

export const PERIOD_GET = `
  SELECT id FROM period WHERE budget = $1 AND period = $2`;

export const PERIOD_NAME = `
  SELECT budget, period FROM period WHERE id = $1`;

export const PERIODS_LOCK = `
  SELECT id FROM period WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE`;

export const PERIODS_ADD = `
  UPDATE period SET spent = period.spent + change.spent, leased = period.leased + change.leased,
    presumed = period.presumed + change.presumed
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS change (id, spent, leased, presumed)
  WHERE period.id = change.id`;

export const COUNTED = `
  SELECT ${countable('coalesce(sum(spent + leased + presumed), 0)')} AS counted FROM period
  WHERE budget = $1 AND period >= $2`;

export const PERIODS = `
  SELECT budget, period, ${countable('spent')} AS spent, leased, presumed FROM period WHERE budget = $1 AND period >= $2 ORDER BY period`;

export const PERIOD_SUMS = `
  SELECT count(period.id) AS periods, ${countable('coalesce(sum(spent), 0)')} AS spent,
    coalesce(sum(leased), 0)::bigint AS leased, coalesce(sum(presumed), 0)::bigint AS presumed
  FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (budget, since, place)
  LEFT JOIN period ON period.budget = asked.budget AND period.period >= asked.since
  GROUP BY asked.place ORDER BY asked.place`;

/** Empty leases for those that are missing, so that there is a row to lock. */
export const LEASES_INSERT = `
  INSERT INTO lease (period_id, life, state, remaining, overdrawn)
  SELECT period_id, $1, 'open', 0, 0 FROM unnest($2::bigint[]) AS row (period_id) ORDER BY period_id
  ON CONFLICT DO NOTHING`;

export const LEASES_LOCK = `
  SELECT period_id, state, remaining, overdrawn FROM lease
  WHERE life = $1 AND period_id = ANY ($2::bigint[]) ORDER BY period_id FOR NO KEY UPDATE`;

/** The rows are locked, so what was computed from them still holds. */
export const LEASES_PUT = `
  INSERT INTO lease (period_id, life, state, remaining, overdrawn)
  SELECT period_id, $1, state, remaining, overdrawn
  FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) AS row (period_id, state, remaining, overdrawn)
  ON CONFLICT (period_id, life) DO UPDATE
  SET state = excluded.state, remaining = excluded.remaining, overdrawn = excluded.overdrawn`;

export const LEASE_TAKE = `
  UPDATE lease SET remaining = remaining - $1
  WHERE period_id = $2 AND life = $3 AND state = 'open' AND remaining >= $1`;

/** What a lease held stays presumed, or is freed. */
export const LEASES_END = `
  WITH ended AS (
    SELECT period_id, remaining FROM lease WHERE life = $1 AND state = 'open' ORDER BY period_id FOR NO KEY UPDATE
  )
  UPDATE lease SET state = $2, remaining = CASE WHEN $2 = 'presumed' THEN lease.remaining ELSE 0 END
  FROM ended WHERE lease.life = $1 AND lease.period_id = ended.period_id
  RETURNING ended.period_id, ended.remaining`;

export const LEASES_PRESUMED = `
  SELECT lease.life, lease.remaining, life.node, life.epoch FROM lease JOIN life ON life.id = lease.life
  WHERE lease.period_id = $1 AND lease.state = 'presumed' AND lease.remaining > 0
  ORDER BY lease.life FOR NO KEY UPDATE OF lease`;

export const LEASE_FORGIVE = `
  UPDATE lease SET remaining = remaining - $1 WHERE period_id = $2 AND life = $3 AND state = 'presumed'`;

export const SUBJECT_INSERT = `
  INSERT INTO subject (content, key, app, account, vendor, operation, action, country, currency)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`;

export const SUBJECT_GET = `
  SELECT id FROM subject WHERE content = $1`;

export const ROW_IDS = `
  SELECT nextval(pg_get_serial_sequence('ledger', 'id')) AS id FROM generate_series(1, $1::bigint)`;

export const ROWS_INSERT = `
  INSERT INTO ledger (id, life, position, at, subject, bound, amount, state, settled, reserves, resource_ids, fingerprints)
  SELECT id, $1, position, at, subject, bound, amount, state, settled = 1, reserves, resource_ids, fingerprints
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],
    $9::bigint[], $10::text[], $11::text[], $12::text[])
    AS row (id, position, at, subject, bound, amount, state, settled, reserves, resource_ids, fingerprints)`;

export const ROW_CHANGE = `
  UPDATE ledger SET amount = $1, state = $2, settled = $3, at_bound = $4, reserves = $5, resource_ids = $6
  WHERE id = $7`;

export const ROWS_TO_UNKNOWN = `
  UPDATE ledger SET state = 'unknown' WHERE life = $1 AND state = 'reserved'`;

export const ROW_GET = `
  SELECT ${ROW_COLUMNS} ${ROW_JOINS} WHERE life.node = $1 AND life.epoch = $2 AND ledger.position = $3`;

export const ROW_FOR_CHANGE = `${ROW_GET} FOR NO KEY UPDATE OF ledger`;

export const MARKS_INSERT = `
  INSERT INTO mark (run, term, ledger) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
  ON CONFLICT DO NOTHING`;
