import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { COMPLETION_SCRIPTS } from './completion-scripts.ts';

const run = promisify(execFile);

test('the bash script offers what the program proposes, and passes an empty last word', async () => {
  const script = `ringfence() { printf '[%s]\\n' "$@"; }
${COMPLETION_SCRIPTS.bash}
COMP_WORDS=(ringfence keys "") COMP_CWORD=2; _ringfence; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', script]);
  assert.equal(stdout, '[__complete]\n[--]\n[keys]\n[]\n');
});
