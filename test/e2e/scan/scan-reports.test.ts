import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { line, openScanWorld, read, type ScanWorld, TOKENS } from './scan-world.ts';

const FORMATS = ['text', 'json', 'sarif', 'gitlab', 'junit', 'csv'] as const;
const [FIRST, SECOND] = TOKENS;

describe('the report of ringfence scan', () => {
  let world: ScanWorld;
  before(() => {
    world = openScanWorld();
    world.write({
      'found/a.env': line(FIRST),
      'found/b.yaml': `twilio:\n  auth_token: ${FIRST}\n`,
      'found/c.env': line(SECOND),
      'empty/a.txt': 'nothing\n',
    });
  });
  after(() => world[Symbol.dispose]());

  for (const format of FORMATS)
    it(`${format}: exit code 3 with findings, 0 without, and never a secret`, async () => {
      const found = await world.scan(['found', '--format', format]);
      assert.equal(found.code, 3, found.stderr);
      for (const token of TOKENS) {
        assert.ok(!found.stdout.includes(token.slice(0, 7)));
        assert.ok(!found.stdout.includes(token.slice(-5)));
      }
      assert.match(found.stdout, /7c1e…36/);
      const none = await world.scan(['empty', '--format', format]);
      assert.deepEqual([none.code, none.stderr], [0, '']);
      assert.notEqual(none.stdout, '');
    });

  it('one value at two places is one finding', async () => {
    const { findings } = read(await world.scan(['found', '--json']));
    assert.deepEqual(
      findings.map(({ places }) => places.map(({ path }) => path)),
      [['a.env', 'b.yaml'], ['c.env']],
    );
  });

  it('reports for code hosts name files as the checkout does, also where one of its folders is scanned', async () => {
    for (const [format, path] of [
      ['sarif', '"uri": "found/a.env"'],
      ['gitlab', '"file": "found/a.env"'],
    ] as const)
      assert.ok((await world.scan(['found', '--format', format])).stdout.includes(path), format);
    assert.match((await world.scan(['found/c.env', '--format', 'sarif'])).stdout, /"uri": "found\/c\.env"/);
  });

  it('--output writes a file and says where', async () => {
    const ran = await world.scan(['found', '--format', 'sarif', '--output', 'report.sarif']);
    assert.deepEqual([ran.code, ran.stdout], [3, '']);
    assert.match(ran.stderr, /2 findings; see report\.sarif/);
    assert.match(readFileSync(world.path('report.sarif'), 'utf8'), /"2\.1\.0"/);
    const one = await world.scan(['found/c.env', '--format', 'csv', '--output', 'one.csv']);
    assert.match(one.stderr, /^1 finding; see one\.csv/);
    const unwritable = await world.scan(['found', '--output', 'nowhere/report.sarif']);
    assert.equal(unwritable.code, 1);
    assert.match(unwritable.stderr, /nowhere\/report\.sarif cannot be written/);
  });

  it('--output writes through no link that came with what is scanned, and through others', async () => {
    world.write({ 'mine/.profile': 'mine', 'linked/part/x.env': 'x', 'reports/old.sarif': '' });
    symlinkSync('../mine/.profile', world.path('linked/ringfence.sarif'));
    symlinkSync('old.sarif', world.path('reports/new.sarif'));
    for (const path of ['linked', 'linked/part']) {
      const ran = await world.scan([path, '--format', 'sarif', '--output', 'linked/ringfence.sarif']);
      assert.deepEqual([ran.code, readFileSync(world.path('mine/.profile'), 'utf8')], [1, 'mine']);
      assert.match(ran.stderr, /is a link/);
    }
    symlinkSync('../mine', world.path('linked/build'));
    const led = await world.scan(['linked', '--format', 'sarif', '--output', 'linked/build/new.sarif']);
    assert.deepEqual([led.code, existsSync(world.path('mine/new.sarif'))], [1, false]);
    const other = await world.scan(['linked', '--format', 'sarif', '--output', 'reports/new.sarif']);
    assert.equal(other.code, 0);
    assert.match(readFileSync(world.path('reports/old.sarif'), 'utf8'), /"version": "2.1.0"/);
  });

  it('a baseline holds back what was known, and a secret never stands in it', async () => {
    world.write({ 'based/a.env': line(FIRST) });
    const update = await world.scan(['based', '--update-baseline']);
    assert.deepEqual(
      [update.code, update.stdout],
      [0, 'based/.ringfence-baseline.json holds 1 finding now.\n'],
    );
    const text = readFileSync(world.path('based/.ringfence-baseline.json'), 'utf8');
    assert.ok(!text.includes(FIRST.slice(0, 8)));
    world.write({ 'based/a.env': '', 'based/moved/b.env': `\n\n${line(FIRST)}` });
    const known = await world.scan(['based', '--json']);
    assert.deepEqual([known.code, read(known).held.baseline], [0, 1]);
    world.write({ 'based/c.env': line(SECOND) });
    const fresh = await world.scan(['based', '--json']);
    assert.deepEqual([fresh.code, read(fresh).findings.length], [3, 1]);
    assert.match(read(fresh).findings[0]?.fingerprint ?? '', /^[0-9a-f]{40}$/);
    await world.scan(['based', '--update-baseline']);
    assert.equal((await world.scan(['based'])).code, 0);
    assert.equal(
      (JSON.parse(text) as { salt: string }).salt,
      (JSON.parse(readFileSync(world.path('based/.ringfence-baseline.json'), 'utf8')) as { salt: string })
        .salt,
    );
    const elsewhere = ['found', '--baseline', 'based/.ringfence-baseline.json'];
    assert.equal((await world.scan(elsewhere)).code, 0);
    assert.equal((await world.scan(['found', '--baseline', 'nowhere.json'])).code, 1);
  });

  it('a baseline may come through a pipe, which cannot be updated', async () => {
    world.write({ 'based/d.env': line(FIRST) });
    await world.scan(['based', '--update-baseline']);
    execFileSync('mkfifo', [world.path('pipe')]);
    const writer = spawn('sh', ['-c', 'cat based/.ringfence-baseline.json > pipe'], { cwd: world.folder });
    assert.equal((await world.scan(['based', '--baseline', 'pipe'])).code, 0);
    assert.equal(writer.exitCode, 0);
    const update = await world.scan(['based', '--baseline', 'pipe', '--update-baseline']);
    assert.deepEqual([update.code, update.stdout], [1, '']);
    assert.match(update.stderr, /pipe cannot be read: it is no regular file/);
  });

  it('what is wrong in .ringfence-scan.yaml is told with its place', async () => {
    world.write({ 'slip/.ringfence-scan.yaml': 'allow:\n  - path: [a\n' });
    const { code, stderr } = await world.scan(['slip']);
    assert.equal(code, 1);
    assert.match(stderr, /\.ringfence-scan\.yaml is no YAML: .* at line \d/);
    assert.ok(!stderr.includes('doctor'), 'which does not look at it');
  });

  it('a .ringfence-scan.yaml of any content is read, or refused, within seconds', async () => {
    const refusal = async (yaml: string) => {
      world.write({ 'hostile/.ringfence-scan.yaml': yaml });
      return (await world.scan(['hostile'])).stderr;
    };
    const timeOf = async (yaml: string, wanted: RegExp) => {
      const start = performance.now();
      assert.match(await refusal(yaml), wanted);
      return performance.now() - start;
    };
    const keys = Array.from({ length: 30_000 }, (_, number) => `${number}: 0`);
    const short = await timeOf('{ 0: 0 }', /must hold one list/);
    assert.ok((await timeOf(`{ ${keys.join()} }`, /must hold one list/)) < 10 * short + 20_000);
    assert.match(await refusal('allow: []\nallow: []\n'), /is no YAML: .*unique/);
    assert.match(await refusal(`allow: []\n${' '.repeat(256 << 10)}`), /too large/);
  });

  it('.ringfence-scan.yaml allows with a reason until a day; expired or incomplete, it does not', async () => {
    const file = (until: string, more = 'reason: made up'): Record<string, string> => ({
      'allowed/a.env': line(FIRST),
      'allowed/.ringfence-scan.yaml': `allow:\n  - path: "*.env"\n    ${more}\n    until: ${until}\n`,
    });
    world.write(file('2999-12-31'));
    const held = await world.scan(['allowed', '--json']);
    assert.deepEqual([held.code, read(held).held.allowed], [0, 1]);
    world.write(file('2001-01-01'));
    const back = await world.scan(['allowed']);
    assert.equal(back.code, 3);
    assert.match(
      back.stdout,
      /Entry 1 of \.ringfence-scan\.yaml does not hold: it has expired on 2001-01-01/,
    );
    world.write(file('2999-12-31', 'rule: twilio-auth-token'));
    const incomplete = await world.scan(['allowed']);
    assert.equal(incomplete.code, 1);
    assert.match(incomplete.stderr, /entry 1: it gives no reason/);
  });

  it('a comment without a reason leaves the finding, and the report says so', async () => {
    world.write({ 'comment/a.env': `# ringfence:allow twilio-auth-token until=2999-01-01\n${line(FIRST)}` });
    const ran = await world.scan(['comment']);
    assert.equal(ran.code, 3);
    assert.match(ran.stdout, /ringfence:allow at a\.env:2:19 does not hold: it gives no reason/);
  });

  it('--rules uses these alone, and names a wrong one', async () => {
    assert.equal((await world.scan(['found', '--rules', 'sendgrid-api-key'])).code, 0);
    assert.equal((await world.scan(['found', '--rules', 'twilio-auth-token, sendgrid-api-key'])).code, 3);
    const wrong = await world.scan(['found', '--rules', 'nothing']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /There is no rule "nothing"/);
  });

  it('--verify asks by reads alone, where --verify-origin says, and tells the answer', async (t) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(401, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    world.write({ 'verify/a.env': `TWILIO_ACCOUNT_SID=AC41c8f02b7de95a630c1784eb29df560a\n${line(FIRST)}` });
    const ran = await world.scan(['verify', '--verify', '--verify-origin', origin]);
    assert.equal(ran.code, 3, ran.stderr);
    assert.match(ran.stdout, /verified {3}(it is dead|cannot tell): \w/);
    assert.ok(
      asked.every((one) => one.startsWith('GET ')),
      asked.join(),
    );
  });

  it('there is no colour but on a terminal', async () => {
    const { stdout } = await world.scan(['found']);
    assert.ok(!stdout.includes('\u001B'));
  });
});
