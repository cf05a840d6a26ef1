import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { SERVICES } from '../../scripts/services.ts';
import { COMPLETION_SCRIPTS } from './completion-scripts.ts';

const run = promisify(execFile);

test('the bash script offers what the program proposes, and passes an empty last word', async () => {
  const script = `ringfence() { printf '[%s]\\n' "$@"; }
${COMPLETION_SCRIPTS.bash}
COMP_WORDS=(ringfence keys "") COMP_CWORD=2; _ringfence; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', script]);
  assert.equal(stdout, '[__complete]\n[--]\n[keys]\n[]\n');
});

const isFound = SERVICES.some(({ name, found }) => name === 'fish' && found());
const withFish = { skip: !isFound && process.env['CI'] !== 'true' && 'needs fish' };

test(
  'the fish script offers what the program proposes, and files where that is nothing',
  withFish,
  async () => {
    const script = `function ringfence; test "$argv[3]" = keys; and printf '[%s]\\n' $argv; end
${COMPLETION_SCRIPTS.fish}
complete -C 'ringfence keys '
complete -C 'ringfence scan ${import.meta.filename.slice(0, -3)}'`;
    const { stdout } = await run('fish', ['--no-config', '-c', script]);
    const offered = stdout.trimEnd().split('\n').toSorted();
    assert.deepEqual(offered, [import.meta.filename, '[--]', '[]', '[__complete]', '[keys]']);
  },
);
