import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../report.ts';

const TURNS = 11;

/** Milliseconds from start to end of `ringfence scan --staged` with one staged file, median; the first start is not counted. */
export function measureStaged(home: string, ringfence: readonly [string, ...string[]]): number {
  mkdirSync(home, { recursive: true });
  const git = (...words: readonly string[]): void =>
    void execFileSync('git', ['-C', home, ...words], { stdio: 'ignore' });
  git('init', '--quiet', '.');
  writeFileSync(join(home, 'settings.ts'), 'export const region = "eu-west-1";\n'.repeat(200));
  git('add', '.');
  const [program, ...words] = ringfence;
  const scan = (): number => {
    const start = performance.now();
    execFileSync(program, [...words, 'scan', '--staged', home], { stdio: 'ignore' });
    return performance.now() - start;
  };
  scan();
  return median(Array.from({ length: TURNS }, scan));
}
