import { RingfenceError } from '../kernel/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import { CHECKPOINT_EVERY, type Sign } from './checkpoint.ts';
import { systemProcesses, type ProcessTable } from './lock.ts';
import { MIN_SEGMENT_BYTES } from './segment-writer.ts';
import { nodeFiles, systemScheduler, type JournalFiles, type Scheduler } from './system.ts';

export type JournalState = 'open' | 'full' | 'failed' | 'closed';

export interface JournalOptions {
  /** The journal's own directory; made when missing. */
  readonly directory: string;
  /** Name of the process slot: letters, digits, `.`, `_`, `-`; at most 63. */
  readonly node: string;
  readonly clock: Pick<Clock, 'wall' | 'monotonic'>;
  /** Boot id of the machine. */
  readonly boot: string;
  readonly version: string;
  /** Signs checkpoints. */
  readonly sign: Sign;
  /** Highest epoch that the store knows of this node, should the directory have been lost. */
  readonly afterEpoch?: number;
  readonly segmentBytes?: number;
  /** Records between checkpoints, at most 1,000; one is made each second in any case. */
  readonly checkpointEvery?: number;
  /** Below this much free space the journal takes no new spending. */
  readonly minFreeBytes?: number;
  /** Kept in the current segment for the outcomes of running requests while the next one is not ready. */
  readonly headroomBytes?: number;
  /** Milliseconds that records may wait for the disk before new spending is refused. */
  readonly maxLag?: number;
  /** Called with each change of state; `failed` and `full` come with their cause. */
  readonly onChange?: (state: JournalState, cause: Error | null) => void;
  readonly files?: JournalFiles;
  readonly scheduler?: Scheduler;
  readonly processes?: ProcessTable;
}

export type JournalSettings = Required<JournalOptions>;

const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;
const NODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Fills in the defaults. `config_invalid` for a setting that cannot work. */
export function withDefaults(options: JournalOptions): JournalSettings {
  const segmentBytes = options.segmentBytes ?? DEFAULT_SEGMENT_BYTES;
  const settings: JournalSettings = {
    afterEpoch: 0,
    segmentBytes,
    checkpointEvery: CHECKPOINT_EVERY,
    minFreeBytes: 4 * segmentBytes,
    headroomBytes: Math.min(1024 * 1024, Math.floor(segmentBytes / 4)),
    maxLag: 1_000,
    onChange: () => undefined,
    files: nodeFiles,
    scheduler: systemScheduler,
    processes: systemProcesses,
    ...options,
  };
  check(NODE.test(settings.node), `journal node name ${JSON.stringify(settings.node)} is not usable`);
  check(/^[\x21-\x7e]{0,63}$/.test(settings.boot), 'the boot id is not usable');
  check(segmentBytes >= MIN_SEGMENT_BYTES, `journal segments need at least ${MIN_SEGMENT_BYTES} bytes`);
  const { checkpointEvery } = settings;
  check(checkpointEvery >= 1 && checkpointEvery <= CHECKPOINT_EVERY, 'checkpointEvery is 1 to 1,000');
  return settings;
}

function check(fits: boolean, message: string): void {
  if (!fits) throw new RingfenceError('config_invalid', message);
}
