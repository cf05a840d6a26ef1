/**
 * Forward-only migrations; the version of a store is the number of those applied. Never edit one that was released:
 * append the next.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE record (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (collection, id),
    UNIQUE (collection, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE virtual_key (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    active INTEGER NOT NULL,
    replaces TEXT,
    last_used_at INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX virtual_key_name ON virtual_key (name) WHERE active = 1;
  CREATE INDEX virtual_key_replaces ON virtual_key (replaces) WHERE replaces IS NOT NULL;

  CREATE TABLE policy (
    version INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    actor TEXT NOT NULL
  ) STRICT;

  CREATE TABLE price (
    vendor TEXT NOT NULL,
    account TEXT NOT NULL,
    item TEXT NOT NULL,
    prefix TEXT NOT NULL,
    effective_from INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    unit TEXT NOT NULL,
    increment INTEGER NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (vendor, account, item, prefix, effective_from)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One life of a process: how far its journal is loaded, and how its leases ended.
  CREATE TABLE life (
    id INTEGER PRIMARY KEY,
    node TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    position INTEGER NOT NULL,
    head TEXT NOT NULL,
    closed TEXT CHECK (closed IN ('free', 'presume')),
    UNIQUE (node, epoch)
  ) STRICT;

  CREATE TABLE anchor (
    life INTEGER NOT NULL REFERENCES life,
    slot INTEGER NOT NULL,
    position INTEGER NOT NULL,
    head TEXT NOT NULL,
    PRIMARY KEY (life, slot)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE period (
    id INTEGER PRIMARY KEY,
    budget TEXT NOT NULL,
    period INTEGER NOT NULL,
    spent INTEGER NOT NULL DEFAULT 0 CHECK (spent >= 0),
    leased INTEGER NOT NULL DEFAULT 0 CHECK (leased >= 0),
    presumed INTEGER NOT NULL DEFAULT 0 CHECK (presumed >= 0),
    UNIQUE (budget, period)
  ) STRICT;

  CREATE TABLE lease (
    period_id INTEGER NOT NULL REFERENCES period,
    life INTEGER NOT NULL REFERENCES life,
    remaining INTEGER NOT NULL CHECK (remaining >= 0),
    overdrawn INTEGER NOT NULL CHECK (overdrawn >= 0),
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'presumed')),
    PRIMARY KEY (period_id, life)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX lease_open ON lease (life) WHERE state = 'open';

  -- Who and what a ledger row is about: many rows share one. \`content\` is the JSON of the other columns.
  CREATE TABLE subject (
    id INTEGER PRIMARY KEY,
    content TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    app TEXT NOT NULL,
    account TEXT NOT NULL,
    vendor TEXT NOT NULL,
    operation TEXT NOT NULL,
    action TEXT NOT NULL,
    country TEXT,
    currency TEXT NOT NULL
  ) STRICT;

  -- \`reserves\` is the JSON of [[period id, amount], …]: a third of the size that names would take.
  -- Ids are dense and ascending in order of loading: run numbers and "oldest first" depend on it.
  CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    life INTEGER NOT NULL REFERENCES life,
    position INTEGER NOT NULL,
    at INTEGER NOT NULL,
    subject INTEGER NOT NULL REFERENCES subject,
    bound INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    state TEXT NOT NULL,
    settled INTEGER NOT NULL,
    reserves TEXT NOT NULL,
    resource_ids TEXT NOT NULL,
    fingerprints TEXT NOT NULL,
    UNIQUE (life, position),
    CHECK (bound >= 0 AND amount >= 0 AND (amount = 0 OR state <> 'released'))
  ) STRICT;
  CREATE INDEX ledger_reserved ON ledger (id) WHERE state = 'reserved';
  CREATE INDEX ledger_unknown ON ledger (id) WHERE state = 'unknown';
  CREATE INDEX ledger_late ON ledger (id) WHERE state = 'committed' AND settled = 0;

  -- Coarse index, see terms.ts. \`ledger\` is the row of a resource id, 0 for terms that many rows share.
  CREATE TABLE mark (
    run INTEGER NOT NULL,
    term INTEGER NOT NULL,
    ledger INTEGER NOT NULL,
    PRIMARY KEY (run, term, ledger)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE ledger ADD COLUMN at_bound INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- Terms that the rows from \`ledger\` on brought into their run when they were loaded, 4 bytes each (marks.ts).
  CREATE TABLE run_terms (
    ledger INTEGER PRIMARY KEY,
    terms BLOB NOT NULL
  ) STRICT;
  `,
  `
  CREATE INDEX virtual_key_by_name ON virtual_key (name, id);
  `,
];
