import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Scans a small history once: Node keeps what it makes of our files, so only the first scan of an installation pays for it. */
export function warmUp(home: string, [program, ...words]: readonly [string, ...string[]]): void {
  mkdirSync(home, { recursive: true });
  const git = (...line: readonly string[]): void =>
    void execFileSync(
      'git',
      ['-C', home, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...line],
      {
        stdio: 'ignore',
      },
    );
  git('init', '--quiet', '.');
  for (const text of ['TWILIO_AUTH_TOKEN=\n', 'TWILIO_AUTH_TOKEN=x\n']) {
    writeFileSync(join(home, 'settings.env'), text.padStart(4000, '# a comment\n'));
    git('add', '.');
    git('commit', '--quiet', '--message', 'settings');
  }
  git('gc', '--quiet');
  const { status } = spawnSync(program, [...words, 'scan', '--history', '--workers', '2', home]);
  if (status !== 0) throw new Error(`the first scan ended with ${status}`);
}
