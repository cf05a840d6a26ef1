import type { Turns } from '../kernel/turns.ts';

/**
 * Reading a record, changing it and putting it back is one act only under this lock, by the record's id. Every service
 * of one process that writes accounts or keys shares one, so that re-keying cannot put back a key that was revoked
 * meanwhile.
 */
export type RecordLock = Turns;
