import type { SettingStore } from '../../store/ports.ts';

/** Phases in the order in which they come; the last three are ends, of which `rolled-back` leaves the old secret in use. */
export const PHASES = [
  'creating',
  'verifying',
  'switching',
  'watching',
  'retiring',
  'rolling-back',
  'done',
  'rolled-back',
] as const;

export type RotationPhase = (typeof PHASES)[number];

export interface RotationStep {
  readonly phase: RotationPhase;
  /** Wall time in ms. */
  readonly at: number;
  /** What happened, in a sentence; empty for a phase that begins. */
  readonly note: string;
}

/** A rotation as it is stored: enough to go on after a crash at any point. It holds no secret. */
export interface RotationRecord {
  readonly id: string;
  readonly account: string;
  /** Name of the account field that is replaced. */
  readonly secret: string;
  /** Keyed hash of the value that is replaced, by which it is known when it turns up somewhere. */
  readonly replaced: string;
  readonly actor: string;
  /** Why, for the journal: `asked`, or the leak that it answers. */
  readonly reason: string;
  readonly phase: RotationPhase;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Milliseconds for which refusals are watched before the old secret is retired. */
  readonly watch: number;
  /** Go on although the vendor refuses requests that it did not refuse before, or to end the old secret. */
  readonly isForced: boolean;
  /** How often a second credential was asked for. From 1 on, one may exist that we do not know of. */
  readonly tries: number;
  /** Ids at the vendor before that. */
  readonly known: readonly string[];
  /** Id of the new credential; null where it has none, or before it is made. */
  readonly created: string | null;
  /** Answers 401 to apps up to the switch. */
  readonly refusedBefore: number;
  /** Why it stopped short of an end, or why it was rolled back. */
  readonly problem: string | null;
  readonly steps: readonly RotationStep[];
}

/** True when nothing of the rotation will happen any more. */
export function hasEnded({ phase }: Pick<RotationRecord, 'phase'>): boolean {
  return phase === 'done' || phase === 'rolled-back';
}

export interface RotationStore {
  /** The latest rotation of the account; null when there was none. */
  get(account: string): Promise<RotationRecord | null>;
  /** Those of some accounts, in their order, by one query. */
  some(accounts: readonly string[]): Promise<readonly RotationRecord[]>;
  put(record: RotationRecord): Promise<void>;
}

/** One setting for each account keeps its latest rotation; earlier ones are in the journal. */
export function createRotationStore(settings: SettingStore): RotationStore {
  const nameOf = (account: string): string => `account.${account}.rotation`;
  return Object.freeze({
    get: async (account: string) => read(await settings.get(nameOf(account))),
    async some(accounts: readonly string[]) {
      const texts = await settings.some(accounts.map(nameOf));
      return accounts.flatMap((account) => read(texts.get(nameOf(account))) ?? []);
    },
    put: (record: RotationRecord) => settings.put(nameOf(record.account), JSON.stringify(record)),
  });
}

function read(text: string | null | undefined): RotationRecord | null {
  return text === null || text === undefined || text === '' ? null : (JSON.parse(text) as RotationRecord);
}
