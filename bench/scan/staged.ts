import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../report.ts';
import { measure } from './measure.ts';

const TURNS = 11;

/** Milliseconds from start to end of `ringfence scan --staged` with one staged file, median; the first start is not counted. */
export async function measureStaged(home: string, ringfence: readonly string[]): Promise<number> {
  mkdirSync(home, { recursive: true });
  const git = (...words: readonly string[]): void =>
    void execFileSync('git', ['-C', home, ...words], { stdio: 'ignore' });
  git('init', '--quiet', '.');
  writeFileSync(join(home, 'settings.ts'), 'export const region = "eu-west-1";\n'.repeat(200));
  git('add', '.');
  const command = [...ringfence, 'scan', '--staged', home];
  await measure(command);
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) times.push((await measure(command)).wallS * 1000);
  return median(times);
}
