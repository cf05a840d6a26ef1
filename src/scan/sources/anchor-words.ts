import { files } from '../builtins.ts';

const FILE = new URL('../anchor-words.json', import.meta.url);

/** A literal, and how many hexadecimal digits follow it. */
type AnchorWord = readonly [text: string, hex: number];
type GroupWords = Readonly<Record<string, readonly AnchorWord[]>>;

/** Tells which groups of rules have an anchor in a document, without the rules: they take longer to load than a hook may take. */
export function createAnchorGate(): (bytes: Uint8Array) => readonly string[] {
  let patterns: ReturnType<typeof readPatterns> | null = null;
  return (bytes) => {
    patterns ??= readPatterns();
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    if (!patterns.any.test(text)) return [];
    return patterns.groups.filter(({ words }) => patternOf(words).test(text)).map(({ name }) => name);
  };
}

function readPatterns() {
  const words = JSON.parse(files.readFileSync(FILE, 'utf8')) as GroupWords;
  const groups = Object.entries(words).map(([name, own]) => ({ name, words: own }));
  return { any: patternOf(groups.flatMap((group) => group.words)), groups };
}

function patternOf(words: readonly AnchorWord[]): RegExp {
  const forms = words.map(([text, hex]) => {
    const literal = text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
    return hex === 0 ? literal : `${literal}[0-9a-f]{${hex}}`;
  });
  return new RegExp([...new Set(forms)].join('|'), 'i');
}
