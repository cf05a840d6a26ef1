/** What may stand at a place of a path. `folders` is any number of whole ones; `folder` is within one of them. */
type Token = string | typeof NAME | typeof CHARACTER | typeof ANYTHING | typeof FOLDERS | typeof FOLDER;

const NAME = Symbol('any part of a name');
const CHARACTER = Symbol('a character of a name');
const ANYTHING = Symbol('anything');
const FOLDERS = Symbol('folders');
const FOLDER = Symbol('folder');

/**
 * Whether a path fits a glob: `*` stands for a part of a name, `**` for any folders, `?` for one character; a glob that ends
 * with `/` is a folder. Globs come with the project that is scanned, so time is bounded by glob times path: all ways to
 * read the path are followed at once.
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const tokens = tokensOf(glob.endsWith('/') ? `${glob}**` : glob);
  return (path) => {
    let places = reachable(tokens, new Set([0]));
    for (let index = 0; index < path.length && places.size > 0; index++)
      places = reachable(tokens, step(tokens, places, path.charAt(index)));
    return places.has(tokens.length);
  };
}

function tokensOf(glob: string): readonly Token[] {
  return (glob.match(/\*\*\/|\*+|[^*]/g) ?? []).flatMap((part): readonly Token[] => {
    if (part === '**/') return [FOLDERS, FOLDER];
    if (part === '*') return [NAME];
    if (part.startsWith('*')) return [ANYTHING];
    return part === '?' ? [CHARACTER] : [part];
  });
}

/** Adds the places that can be reached by skipping tokens that may match nothing. Relies on a Set visiting what is added during iteration. */
function reachable(tokens: readonly Token[], places: Set<number>): Set<number> {
  for (const place of places) {
    const token = tokens[place];
    if (token === NAME || token === ANYTHING) places.add(place + 1);
    else if (token === FOLDERS) places.add(place + 2);
  }
  return places;
}

function step(tokens: readonly Token[], places: ReadonlySet<number>, character: string): Set<number> {
  const next = new Set<number>();
  for (const place of places) {
    const after = placeAfter(tokens[place], place, character);
    if (after !== null) next.add(after);
  }
  return next;
}

function placeAfter(token: Token | undefined, place: number, character: string): number | null {
  if (token === ANYTHING) return place;
  if (token === FOLDER) return character === '/' ? place - 1 : place;
  if (token === character) return place + 1;
  if (character === '/') return null;
  if (token === NAME) return place;
  return token === CHARACTER || token === FOLDERS ? place + 1 : null;
}
