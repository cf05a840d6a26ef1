import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of files that are started or loaded by URL; the compiler rewrites import statements only. */
const OWN_PATH = /(['"])(\.{1,2}\/[\w./-]+)\.ts\1/g;

/** Compiles `src` to plain JavaScript in `dist`, together with the files that stand beside it. */
function build(): boolean {
  rmSync('dist', { recursive: true, force: true });
  if (spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' }).status !== 0) return false;
  for (const file of globSync('src/**/*.{json,bin,wasm,mjs,py,java}'))
    cpSync(file, join('dist', file.slice('src/'.length)));
  for (const file of globSync('dist/**/*.js'))
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(OWN_PATH, '$1$2.js$1'));
  return true;
}

process.exitCode = build() ? 0 : 1;
