import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pruneJournal } from '../journal/retention.ts';
import { CONTROL, type Foundation } from './foundation.ts';
import { LEDGER_TIME_SETTING } from './ledger-time.ts';
import type { Supervisor } from './processes/supervisor.ts';
import { within } from './within.ts';

export interface BackgroundWorkOptions {
  readonly foundation: Foundation;
  readonly supervisor: Pick<Supervisor, 'reports'>;
  /** Work such as settlement, each in rounds of its own: none waits for another. */
  readonly rounds: readonly (() => Promise<unknown>)[];
  /** Milliseconds between two rounds. */
  readonly every: number;
  readonly say: (line: string) => void;
}

/** Rounds of background work between two looks at the size of the journals. */
const PRUNE_EVERY_ROUNDS = 60;
/** A vendor that does not answer must not hold up the end of the process; what it would say is asked again. */
const PATIENCE_AT_END_MILLISECONDS = 3_000;

/**
 * What happens in the background: settlement, which waits for vendors, and beside it the books of this machine: ledger
 * time, freeing of disk space.
 */
export function createBackgroundWork({ foundation, supervisor, rounds, every, say }: BackgroundWorkOptions) {
  const { store, clock } = foundation;
  let isStopped = false;
  let books: Promise<void> = Promise.resolve();
  let settling: Promise<unknown> = Promise.resolve();

  async function keepBooks(): Promise<void> {
    const reports = await supervisor.reports();
    const times = reports.map(({ report }) => report.ledgerTime);
    await store.settings.put(LEDGER_TIME_SETTING, String(Math.max(clock.ledger(), ...times)));
  }

  async function repeat(work: (round: number) => Promise<unknown>): Promise<void> {
    const tell = createTelling(say);
    for (let round = 1; !isStopped; round++) {
      await sleep(every);
      let problem: string | null = null;
      try {
        await work(round);
      } catch (error) {
        problem = (error as Error).message;
      }
      if (!isStopped) tell(problem);
    }
  }

  return Object.freeze({
    start() {
      settling = Promise.all(rounds.map(repeat));
      books = repeat(async (round) => {
        if (round % PRUNE_EVERY_ROUNDS === 0) await pruneAll(foundation, say);
        await keepBooks();
      });
    },
    /** No further round begins; `ended` waits for the present ones. */
    stop() {
      isStopped = true;
    },
    async ended() {
      await books;
      await within(PATIENCE_AT_END_MILLISECONDS, settling);
    },
  });
}

/** Says what does not work when it begins, and when it is over: an outage of an hour has 3,600 rounds. */
function createTelling(say: BackgroundWorkOptions['say']): (problem: string | null) => void {
  let told: string | null = null;
  return (problem) => {
    if (problem === told) return;
    told = problem;
    say(`background work: ${problem ?? 'goes on again'}`);
  };
}

/** A journal that cannot be pruned is told of, and the others are pruned all the same. */
async function pruneAll(foundation: Foundation, say: BackgroundWorkOptions['say']): Promise<void> {
  for (const node of [CONTROL, ...foundation.nodes, ...foundation.former])
    await foundation
      .lock(journalLockName(node), () => prune(foundation, node))
      .catch((error: Error) =>
        say(`journal ${node} is not pruned: ${error.message}; see \`ringfence journal retire\``),
      );
}

/** Held by whoever removes something from a journal: pruning and retirement. */
export function journalLockName(node: string): string {
  return `journal ${node}`;
}

/** Frees the disk of what is loaded and beyond the configured size. */
async function prune({ store, paths, checkpoint, config }: Foundation, node: string): Promise<void> {
  const loaded = (await store.ledger.cursors(node)).at(-1);
  if (loaded === undefined) return;
  const directory = join(paths.journal, node);
  await pruneJournal({ directory, loaded, sign: checkpoint.sign, keepBytes: config.journal.keepBytes });
}
