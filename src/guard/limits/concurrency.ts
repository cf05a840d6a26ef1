import { copyText } from '../../kernel/copy-text.ts';
import type { PermitPort, PermitReturn } from './permit.ts';

/** Milliseconds for which nobody is asked again after all permits were in use. */
const PAUSE_MILLISECONDS = 20;

export interface ConcurrencyOptions {
  /** Names the rule; see `PermitPool`. */
  readonly limit: string;
  /** Requests of one key that may run at a time. */
  readonly most: number;
  /** Null: this process is the only one. */
  readonly permits: PermitPort | null;
}

/** How many requests of each key run here, within the permits that this process holds. */
export interface Concurrency {
  readonly limit: string;
  fits(key: string, count: number): boolean;
  take(key: string, count: number): void;
  release(key: string, count: number): void;
  /** Could more permits be had now? */
  canGain(key: string, count: number, now: number): boolean;
  /** Gets permits; true when it is worth trying again. */
  gain(key: string, count: number, now: () => number): Promise<boolean>;
  /** Gives up what is not used of a key. */
  recall(key: string): number;
  /** Gives up what was not used since the last call. */
  tend(): readonly PermitReturn[];
  /** Nothing runs, waits or is held. */
  isEmpty(): boolean;
}

interface Cell {
  running: number;
  held: number;
  /** Requests that wait for permits. */
  wanted: number;
  /** Most that ran since the last look. */
  peak: number;
  /** Monotonic ms until which all permits are thought to be in use. */
  pausedUntil: number;
  asking: Promise<number> | null;
}

export function createConcurrency(options: ConcurrencyOptions): Concurrency {
  const { limit, most, permits } = options;
  const cells = new Map<string, Cell>();

  function cellOf(key: string): Cell {
    const known = cells.get(key);
    if (known !== undefined) return known;
    const held = permits === null ? most : 0;
    const cell: Cell = { running: 0, held, wanted: 0, peak: 0, pausedUntil: 0, asking: null };
    cells.set(copyText(key), cell);
    return cell;
  }

  return {
    limit,
    fits: (key, count) => {
      const cell = cells.get(key);
      return cell === undefined ? permits === null && count <= most : cell.running + count <= cell.held;
    },
    take(key, count) {
      const cell = cellOf(key);
      cell.running += count;
      cell.peak = Math.max(cell.peak, cell.running);
    },
    release(key, count) {
      const cell = cellOf(key);
      cell.running -= count;
      if (permits === null && cell.running === 0) cells.delete(key);
    },
    canGain: (key, count, now) =>
      permits !== null && count <= most && now >= (cells.get(key)?.pausedUntil ?? 0),
    gain: (key, count, now) => gain(options, key, cellOf(key), { count, now }),
    recall(key) {
      const cell = cells.get(key);
      if (permits === null || cell === undefined) return 0;
      const idle = Math.max(0, cell.held - cell.running - cell.wanted);
      cell.held -= idle;
      return idle;
    },
    tend() {
      const given: PermitReturn[] = [];
      if (permits === null) return given;
      for (const [key, cell] of cells) {
        const count = Math.max(0, cell.held - cell.peak - cell.wanted);
        if (count > 0) given.push({ limit, key, count });
        cell.held -= count;
        cell.peak = cell.running;
        if (cell.held === 0 && cell.wanted === 0 && cell.asking === null) cells.delete(key);
      }
      return given;
    },
    isEmpty: () => cells.size === 0,
  };
}

interface Want {
  readonly count: number;
  readonly now: () => number;
}

/** One question at a time: who comes while it is open waits for the same answer. */
async function gain(
  options: ConcurrencyOptions,
  key: string,
  cell: Cell,
  { count, now }: Want,
): Promise<boolean> {
  cell.wanted += count;
  const mine = (cell.asking ??= Promise.resolve().then(() => ask(options, key, cell))); // For all of this turn.
  const given = await mine;
  if (cell.asking === mine) cell.asking = null;
  cell.wanted -= count;
  if (given === 0) cell.pausedUntil = now() + PAUSE_MILLISECONDS;
  return given > 0;
}

async function ask({ limit, most, permits }: ConcurrencyOptions, key: string, cell: Cell): Promise<number> {
  const count = cell.running + cell.wanted - cell.held;
  const given = (await permits?.ask({ limit, key, most, count })) ?? 0;
  cell.held += given;
  return given;
}
