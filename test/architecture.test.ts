import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** Raise it as the tree grows: a test that sees no files proves nothing. */
const FEWEST_FILES = 240;
const LONGEST_FILE = 400;
const MEAN_LENGTH = 130;
const LONGEST_README = 40;

const DOMAINS = ['custody', 'scan', 'guard', 'journal', 'tls'];
const SURFACES = ['gateway', 'api', 'cli', 'config'];
const PURE_LAYERS = ['kernel', 'intent', 'vendors', 'store', ...DOMAINS];

/** These have a README. */
const EXPLAINED = [
  ...DOMAINS,
  'kernel',
  'intent',
  'vendors',
  'store',
  'gateway',
  'api',
  'cli',
  'node',
  'sandbox',
];
const READMES = globSync(['src/**/README.md', 'test/README.md']);

/** These wire the parts and may import everything. */
const COMPOSITION = ['main.ts', 'node'];

/** What each layer may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  intent: ['kernel'],
  vendors: ['kernel', 'intent'],
  store: ['kernel', 'intent'],
  sandbox: ['kernel', 'intent', 'vendors', 'store'],
  ...Object.fromEntries(DOMAINS.map((domain) => [domain, ['kernel', 'intent', 'vendors', 'store']])),
  ...Object.fromEntries(SURFACES.map((surface) => [surface, [...PURE_LAYERS, ...SURFACES]])),
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const TEST_SUPPORT = /(\.test|-fixture|-oracle|-fake)\.ts$/;
const FILES = globSync('src/**/*.ts').filter((file) => !TEST_SUPPORT.test(file));
const SOURCES = new Map(FILES.map((file) => [file, readFileSync(file, 'utf8')]));
const VENDORS = new Set(
  FILES.flatMap((file) => /^src\/vendors\/(?!shared\/)([^/]+)\//.exec(file)?.[1] ?? []),
);

const STATEMENT = /^(?:import|export)\s([^'";]*?)from\s*'(\.[^']+)'/gm;
const OTHER = /(?:^import|\bimport\(|new URL\()\s*'(\.[^']+\.ts)'/gm;

function importsOf(file: string, source: string): Import[] {
  const resolve = (path: string): string => normalize(join(dirname(file), path));
  const statements = Array.from(source.matchAll(STATEMENT), ([, names = '', path = '']) => ({
    from: file,
    to: resolve(path),
    typeOnly: names.startsWith('type ') || /^\{(\s*type\s+\w+(\s+as\s+\w+)?\s*,?)+\}\s*$/.test(names),
  }));
  const others = Array.from(source.matchAll(OTHER), ([, path = '']) => ({
    from: file,
    to: resolve(path),
    typeOnly: false,
  }));
  return [...statements, ...others];
}

const layerOf = (file: string): string => file.split('/')[1] ?? '';

/** Why an import is not allowed, or null. */
function faultOf({ from, to, typeOnly }: Import): string | null {
  const [source, target] = [layerOf(from), layerOf(to)];
  if (COMPOSITION.includes(source)) return null;
  const allowed = MAY_IMPORT[source] ?? [];
  const neighbour = DOMAINS.includes(source) && DOMAINS.includes(target) && typeOnly;
  if (source !== target && !allowed.includes(target) && !neighbour)
    return `${source} may not import ${target}`;
  if (source === 'sandbox') return null;
  return innerFaultOf(from, to);
}

/** Rules about parts of a layer: engines and vendors are chosen where all is wired, and vendors do not know each other. */
function innerFaultOf(from: string, to: string): string | null {
  const folder = dirname(to);
  if (/^src\/store\/(sqlite|postgres)/.test(folder) && layerOf(from) !== 'store')
    return 'only the composition chooses the engine';
  if (
    layerOf(to) !== 'vendors' ||
    /^src\/vendors\/(index|leaks|leak-checks)\.ts$/.test(from) ||
    folder.startsWith('src/vendors/shared')
  )
    return null;
  if (to === 'src/vendors/index.ts') return 'only the composition lists the vendors';
  const vendor = /^src\/vendors\/[^/]+/.exec(folder)?.[0];
  return vendor === undefined || from.startsWith(`${vendor}/`) ? null : 'a vendor is nobody else’s business';
}

const IMPORTS = FILES.flatMap((file) => importsOf(file, SOURCES.get(file) ?? ''));

test('sees the whole tree', () => {
  assert.ok(FILES.length >= FEWEST_FILES, `${FILES.length} files`);
  assert.ok(IMPORTS.length >= FILES.length, `${IMPORTS.length} imports`);
  const seen = new Set(FILES);
  for (const { from, to } of IMPORTS)
    assert.ok(seen.has(to) || /\.(json|bin)$/.test(to), `${from} imports ${to}, which is no file of ours`);
});

test('every file is part of the program: what only tests use is named as theirs', () => {
  const reached = new Set(['src/main.ts']);
  for (const file of reached)
    for (const { to } of IMPORTS.filter(({ from }) => from === file)) reached.add(to);
  assert.deepEqual(
    FILES.filter((file) => !reached.has(file)),
    [],
  );
});

test('every folder is in a layer', () => {
  const layers = new Set([...Object.keys(MAY_IMPORT), ...COMPOSITION]);
  assert.deepEqual(
    [...new Set(FILES.map(layerOf))].filter((layer) => !layers.has(layer)),
    [],
  );
});

test('imports point downward only', () => {
  const faults = IMPORTS.flatMap((one) => {
    const fault = faultOf(one);
    return fault === null ? [] : [`${one.from} → ${one.to}: ${fault}`];
  });
  assert.deepEqual(faults, []);
});

test('the matrix refuses what it should', () => {
  const refused = (from: string, to: string, typeOnly = false) =>
    faultOf({ from: `src/${from}.ts`, to: `src/${to}.ts`, typeOnly }) !== null;
  assert.ok(refused('kernel/a', 'intent/b', true));
  assert.ok(refused('vendors/a/b', 'vendors/c/d'));
  assert.ok(refused('vendors/shared/a', 'vendors/c/d'));
  assert.ok(refused('vendors/a/b', 'vendors/index'));
  assert.ok(refused('vendors/a/b', 'journal/c', true));
  assert.ok(refused('store/a', 'guard/b', true));
  assert.ok(refused('guard/a', 'journal/b'));
  assert.ok(refused('guard/a', 'gateway/b', true));
  assert.ok(refused('guard/a', 'store/sqlite/b'));
  assert.ok(refused('gateway/a', 'vendors/c/d'));
  assert.ok(refused('elsewhere/a', 'kernel/b'));
  assert.ok(!refused('guard/a', 'journal/b', true));
  assert.ok(!refused('vendors/a/b', 'vendors/shared/c'));
  assert.ok(refused('gateway/a', 'node/b'));
  assert.ok(!refused('main', 'store/sqlite/b'));
  assert.ok(!refused('node/a', 'vendors/index'));
});

test('below the gateway nothing reads the clock', () => {
  const readers = FILES.filter(
    (file) => PURE_LAYERS.includes(layerOf(file)) && !file.endsWith('/system.ts'),
  ).filter((file) => /\bnew Date\(\)|\bDate\(\)/.test(SOURCES.get(file) ?? ''));
  assert.deepEqual(readers, []);
});

test('no file outside the vendor folders and the sandbox names a vendor', () => {
  assert.ok(VENDORS.size > 0);
  const name = new RegExp(`\\b(${[...VENDORS].join('|')})\\b`, 'i');
  const naming = FILES.filter((file) => !/^src\/(vendors|sandbox)\//.test(file)).filter((file) =>
    name.test(SOURCES.get(file) ?? ''),
  );
  assert.deepEqual(naming, []);
});

test('files stay short', () => {
  const lengths = FILES.map((file) => ({ file, lines: (SOURCES.get(file) ?? '').split('\n').length - 1 }));
  assert.deepEqual(
    lengths.filter(({ lines }) => lines > LONGEST_FILE),
    [],
  );
  const mean = lengths.reduce((sum, { lines }) => sum + lines, 0) / lengths.length;
  assert.ok(mean <= MEAN_LENGTH, `${mean.toFixed(0)} lines on average`);
});

test('every folder that guards something explains itself on one page', () => {
  for (const folder of EXPLAINED) assert.ok(READMES.includes(`src/${folder}/README.md`), folder);
  for (const page of READMES) {
    const lines = readFileSync(page, 'utf8').trimEnd().split('\n').length;
    assert.ok(lines <= LONGEST_README, `${page} has ${lines} lines, which is more than ${LONGEST_README}`);
  }
});

/** A source file or a folder of ours, in backticks; `*` stands for any name. */
const NAMED_PATH = /`((?:src|test|scripts|assembly)\/[\w./*-]+|(?:[\w*-]+\/)*[\w*-]+\.(?:ts|mjs))`/g;

test('pages name no file that is not there', () => {
  const names = globSync(['src/**', 'test/**', 'scripts/**', 'assembly/**']);
  const isThere = (path: string): boolean => {
    const pattern = path.replace(/\/$/, '').replaceAll('.', '\\.').replaceAll('*', '[^/]*');
    const end = new RegExp(`(?:^|/)${pattern}$`);
    return names.some((name) => end.test(name));
  };
  const missing = ['ARCHITECTURE.md', 'CONTRIBUTING.md', ...READMES].flatMap((page) =>
    Array.from(readFileSync(page, 'utf8').matchAll(NAMED_PATH), ([, path = '']) => path)
      .filter((path) => !isThere(path))
      .map((path) => `${page}: ${path}`),
  );
  assert.deepEqual(missing, []);
});
