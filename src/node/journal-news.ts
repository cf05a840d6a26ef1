import type { JournalState } from '../journal/options.ts';

/**
 * Says when the journal of the primary takes nothing any more, and when it does again. Those of the data-plane processes lie
 * beside it: what spends is refused then, and only apps would see it.
 */
export function createJournalNews(
  directory: string,
  say: (line: string) => void,
): (state: JournalState, cause: Error | null) => void {
  return (state, cause) => {
    if (state === 'open') say('the journal takes records again');
    if (state === 'full')
      say(
        `the journal takes no new records, so nothing may be spent: ${cause?.message ?? `there is too little room in ${directory}, or it is away`}`,
      );
    if (state === 'failed')
      say(
        `${cause?.message ?? 'The journal has failed'}. Nothing is changed any more: restart when the disk works`,
      );
  };
}
