import type { CommandContext } from '@stricli/core';
import type { Progress } from '../kernel/progress.ts';
import type { AdminClient, ClientOptions } from './client/client.ts';
import type { Check } from './checks.ts';

export interface CliOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface CliInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
}

/** The part of `process` that the command line uses; `process` itself in the product. */
export interface CliProcess {
  readonly stdin: CliInput;
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** Flags of the commands that work on this machine's data directory. */
export interface LocalOptions {
  /** Configuration file; null: the default one, if there is any. */
  readonly config: string | null;
  /** Data directory; null: what the configuration says. */
  readonly data: string | null;
  readonly json: boolean;
}

export interface InitOptions extends LocalOptions {
  /** Replace the admin token. */
  readonly newToken: boolean;
  /** Set the ledger clock to the machine's. */
  readonly trustClock: boolean;
}

/** A key ring without its secrets. */
export interface RingView {
  /** The file, or the variable, that it is read from. */
  readonly place: string;
  /** Names of its keys, oldest first. The newest seals. */
  readonly keys: readonly string[];
}

/** Changes to the key ring of this machine. */
export interface RingActions {
  list(options: LocalOptions): Promise<RingView>;
  add(options: LocalOptions): Promise<RingView>;
  /** Removes all keys but the newest. Throws `conflict` unless the newest is the one in use, `inUse`. */
  drop(options: LocalOptions, inUse: string): Promise<RingView>;
}

/** What a backup holds. */
export interface BackupView {
  readonly folder: string;
  /** Size of the store's copy. Null: the store is in PostgreSQL, which is backed up separately. */
  readonly storeBytes: number | null;
  readonly journals: { readonly files: number; readonly bytes: number };
}

/** Commands that are the product itself; wired in `main.ts`. Each resolves to an exit code. */
export interface CliActions {
  init(options: InitOptions): Promise<number>;
  dev(options: LocalOptions): Promise<number>;
  serve(options: LocalOptions): Promise<number>;
  /** Checks for `doctor` that need no running gateway: configuration, key ring, data directory. */
  inspect(options: LocalOptions): Promise<readonly Check[]>;
  /** Copies what a gateway needs to go on elsewhere into a new folder. */
  backup(options: LocalOptions, folder: string, progress: (progress: Progress) => void): Promise<BackupView>;
  readonly ring: RingActions;
  /** What a gateway of this version would say of a policy. */
  checkPolicy(source: string): Promise<PolicyJudgement>;
}

export interface PolicyJudgement {
  /** What is wrong with the policy, in sentences; empty when a gateway would accept it. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export interface CliOptions {
  readonly process: CliProcess;
  readonly client: (options: ClientOptions) => AdminClient | Promise<AdminClient>;
  readonly actions: CliActions;
  /** Version of Ringfence. */
  readonly version: string;
}

/** `this` of every command. */
export interface CliContext extends CommandContext, Omit<CliOptions, 'process'> {
  readonly process: CliProcess;
  /** Sets an exit code other than 0 for a command that did its work, such as a scan with findings. */
  exit(code: number): void;
  /** Candidates that the shell completes the words of a command line to, one a line. */
  complete(words: readonly string[]): Promise<readonly string[]>;
}
