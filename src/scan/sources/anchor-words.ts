import { files } from '../builtins.ts';

const FILE = new URL('../anchor-words.json', import.meta.url);

/** For each group of rules, its anchors as regular expressions, in small letters. */
type GroupWords = Readonly<Record<string, readonly string[]>>;

/** Tells which groups of rules have an anchor in a document, without the rules: they take longer to load than a hook may take. */
export function createAnchorGate(): (bytes: Uint8Array) => readonly string[] {
  let patterns: ReturnType<typeof readPatterns> | null = null;
  return (bytes) => {
    patterns ??= readPatterns();
    const { any, groups } = patterns;
    // Without the flag `i` a pattern is compiled and tried in half of the time.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      .toString('latin1')
      .toLowerCase();
    if (!any.test(text)) return [];
    return groups.filter(({ words }) => patternOf(words).test(text)).map(({ name }) => name);
  };
}

function readPatterns() {
  const words = JSON.parse(files.readFileSync(FILE, 'utf8')) as GroupWords;
  const groups = Object.entries(words).map(([name, own]) => ({ name, words: own }));
  return { any: patternOf(groups.flatMap((group) => group.words)), groups };
}

const patternOf = (words: readonly string[]): RegExp => new RegExp(words.join('|'));
