import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from '../../src/scan/git/git-fixture.ts';
import { OBJECT_TYPES, type ObjectType } from '../../src/scan/git/objects/object-types.ts';
import { carryOut } from '../../src/scan/git/objects/pack-fixture.ts';
import { type Random, randomEdit, randomText } from '../../src/scan/git/objects/random-history-fixture.ts';

const PATHS = ['a', 'b', 'folder/c', 'folder/d', 'e/f/g'];
const MOST_COMMITS = 25;

/** Files of one commit by path. */
type Files = ReadonlyMap<string, Buffer>;

/**
 * Makes a random repository with git itself: files added, edited in place, renamed and removed, merges with results of
 * their own, a stash, commits that nothing reaches, tags; then lets git choose the deltas.
 */
export function makeGitHistory(folder: string, random: Random): void {
  mkdirSync(folder, { recursive: true });
  runGit(folder, ['init', '-q', '--bare', '-b', 'main', '.']);
  const stream = Buffer.concat(commits(random));
  execFileSync('git', ['fast-import', '--quiet', '--force'], { cwd: folder, input: stream });
  const kind = random(4);
  if (kind > 0)
    runGit(folder, ['repack', '-adfq', '--depth=50', '--window=50', ...(kind === 3 ? ['-k'] : [])]);
  if (random(2) === 0) runGit(folder, ['update-ref', '-d', 'refs/heads/side']);
  writeFileSync(join(folder, 'lost'), randomText(random, 40), 'latin1');
  runGit(folder, ['hash-object', '-w', 'lost']);
}

function commits(random: Random): Buffer[] {
  const parts: Buffer[] = [];
  const heads = new Map<string, Files>();
  const count = 2 + random(MOST_COMMITS);
  for (let number = 0; number < count; number++) {
    const branch = ['main', 'side', 'stash'][random(3)] ?? 'main';
    const ref = branch === 'stash' ? 'refs/stash' : `refs/heads/${branch}`;
    const other = [...heads.keys()].find((name) => name !== ref);
    const merged = random(5) === 0 && heads.has(ref) ? other : undefined;
    const files = change(
      random,
      new Map([...(merged === undefined ? [] : (heads.get(merged) ?? [])), ...(heads.get(ref) ?? [])]),
    );
    heads.set(ref, files);
    const head = `commit ${ref}\ncommitter acme <key=name1> ${1_700_000_000 + number} +0000\n`;
    parts.push(Buffer.from(head), data(Buffer.from(randomText(random, 8), 'latin1')));
    if (merged !== undefined) parts.push(Buffer.from(`merge ${merged}\n`));
    parts.push(Buffer.from('deleteall\n'));
    for (const [path, content] of files) parts.push(Buffer.from(`M 100644 inline ${path}\n`), data(content));
    if (random(8) === 0)
      parts.push(
        Buffer.from(`tag t${number}\nfrom ${ref}\ntagger acme <key=name1> 1700000000 +0000\n`),
        data(Buffer.from(randomText(random, 8), 'latin1')),
      );
  }
  return parts;
}

const data = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);

function change(random: Random, files: Map<string, Buffer>): Files {
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const path = PATHS[random(PATHS.length)] ?? 'a';
    const content = files.get(path);
    const kind = random(8);
    if (content === undefined || kind === 0) files.set(path, Buffer.from(randomText(random, 60), 'latin1'));
    else if (kind === 1) files.delete(path);
    else if (kind === 2) {
      files.set(PATHS[random(PATHS.length)] ?? 'b', content);
      files.delete(path);
    } else files.set(path, carryOut(content, randomEdit(random, content)));
  }
  return files;
}

/** Every object of a repository as git prints it. */
export function* readWithGit(folder: string): Generator<{ oid: string; type: ObjectType; content: Buffer }> {
  const printed = execFileSync('git', ['cat-file', '--batch-all-objects', '--batch'], {
    cwd: folder,
    maxBuffer: 2 ** 30,
  });
  for (let at = 0; at < printed.length;) {
    const end = printed.indexOf(10, at);
    const [oid = '', name, size] = printed.toString('latin1', at, end).split(' ');
    const type = OBJECT_TYPES.find((one) => one === name);
    if (type === undefined) throw new Error(`git printed a ${name}`);
    at = end + 1 + Number(size) + 1;
    yield { oid, type, content: printed.subarray(end + 1, at - 1) };
  }
}
