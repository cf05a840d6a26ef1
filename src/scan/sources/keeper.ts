import { MOST_DETECTIONS, MOST_IN_ALL } from '../detection.ts';
import type { Place, Sighting } from '../sighting.ts';
import type { Seen } from './search-text.ts';

/** Keeps what one document holds; false: there is no room for more of it. */
export type Keep = (seen: Seen) => boolean;

/** Keeps what is found, within bounds: who fills a file with credentials must not fill our memory. */
export interface Keeper {
  readonly sightings: readonly Sighting[];
  /** Null when there is no room left for anything, which is reported once. */
  open(place: Place): Keep | null;
}

export function createKeeper(tell: (place: Place, problem: string) => void): Keeper {
  const sightings: Sighting[] = [];
  let isFull = false;

  function refuse(place: Place): null {
    if (!isFull)
      tell(
        place,
        `More than ${MOST_IN_ALL} credentials were found; neither this nor what follows was searched.`,
      );
    isFull = true;
    return null;
  }

  return {
    sightings,
    open(place) {
      let room = Math.min(MOST_DETECTIONS, MOST_IN_ALL - sightings.length);
      if (room === 0) return refuse(place);
      const most = room;
      return (seen) => {
        const kept = seen.sightings.slice(0, room);
        sightings.push(...kept);
        room -= kept.length;
        const isCut = seen.isCut || kept.length < seen.sightings.length;
        if (isCut) tell(place, `It holds more than ${most - room} credentials; the rest are not listed.`);
        return !isCut;
      };
    },
  };
}
