import type { Chain } from './format.ts';
import { faultError } from './fault.ts';
import { openSegment } from './segment-reader.ts';
import { listSegments } from './segments.ts';

export interface JournalEnd extends Chain {
  readonly epoch: number;
}

/**
 * The last record that was written: where the next epoch's chain begins. Null for an empty journal. A torn record
 * at the end is where a crash cut it off; anything else that does not fit is a `verify_failed`.
 */
export async function findEnd(directory: string): Promise<JournalEnd | null> {
  const segments = await listSegments(directory);
  for (const file of segments.toReversed()) {
    const reader = await openSegment(file);
    if (reader === 'blank') continue;
    if (!('frames' in reader)) throw faultError(reader);
    try {
      while ((await reader.frames(10_000)).length > 0);
      const ending = await reader.ending();
      if (ending.kind === 'fault') throw faultError(ending.fault);
      return { epoch: file.epoch, position: reader.chain.position, head: reader.chain.head };
    } finally {
      await reader.close();
    }
  }
  return null;
}
