import type { Place, Sighting } from '../sighting.ts';

/** `src/app.ts:12:9`, with what it stands in where that is no folder. */
export function locate({ place, line, column }: Sighting): string {
  return `${pathOf(place)}:${line}:${column}`;
}

export function pathOf(place: Place): string {
  switch (place.kind) {
    case 'stdin':
      return 'standard input';
    case 'layer':
      return `${place.image} ${place.layer.slice(0, 19)} ${place.path}`;
    case 'git':
      return (
        place.path ??
        `${place.type === 'blob' ? 'object' : `message of ${place.type}`} ${place.object.slice(0, 12)}`
      );
    case 'file':
      return place.path;
  }
}

/**
 * Path for the tools that read reports: of a file in an archive, the path of the archive. `below` is the scanned folder, as
 * such tools know files by their paths in the checkout.
 */
export function fileOf(place: Place, below: string): string {
  if (place.kind === 'stdin') return 'stdin';
  if (place.kind === 'layer') return place.path;
  if (place.kind === 'git') return (place.path ?? `${place.type}/${place.object}`).split('!/')[0] ?? '';
  return `${below}${place.path.split('!/')[0]}`;
}

/** `a1b2c3d4e5f6 of 2026-01-02 by Ada`; null for what no commit brought. */
export function commitOf({ place }: Sighting): string | null {
  if (place.kind !== 'git' || place.commit === null) return null;
  const when = place.date === null ? '' : ` of ${day(place.date)}`;
  return `${place.commit.slice(0, 12)}${when}${place.author === null ? '' : ` by ${place.author}`}`;
}

export const day = (wall: number): string => new Date(wall).toISOString().slice(0, 10);
