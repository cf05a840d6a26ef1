import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

test('a start loads neither the schemas nor the gateway', async () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { createCli } = await import(${JSON.stringify(new URL('./cli.ts', import.meta.url).href)});
    const { createClient } = await import(${JSON.stringify(new URL('./client/client.ts', import.meta.url).href)});
    const cli = createCli({ process, client: createClient, actions: {}, version: '1.2.3' });
    await cli.run(['--version']);
    console.log(loaded.filter((url) => /\\/(zod|hono|undici|pg)\\/|\\/src\\/(gateway|store|vendors)\\//.test(url)).length);
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  assert.equal(stdout, '1.2.3\n0\n');
});
