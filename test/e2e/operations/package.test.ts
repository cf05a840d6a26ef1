import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { writeConfiguration } from '../node-fixture.ts';
import { line, openScanWorld, TOKENS } from '../scan/scan-world.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const npm = (...words: readonly string[]): string =>
  execFileSync('npm', words, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

interface Manifest {
  readonly bin: { readonly ringfence: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
}
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** What npm would publish, in a project of its own that has the packages it depends on and no others. */
describe('the package, installed', () => {
  let project: string;
  let program: string;
  let server: ChildProcess | null = null;
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };

  before(async () => {
    project = mkdtempSync(join(tmpdir(), 'ringfence-package-'));
    npm('run', 'build');
    const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', project)) as {
      readonly filename: string;
    }[];
    const place = join(project, 'node_modules', 'ringfence');
    mkdirSync(place, { recursive: true });
    execFileSync('tar', ['-xzf', join(project, packed?.filename ?? ''), '-C', place, '--strip-components=1']);
    for (const name of Object.keys(manifest.dependencies)) install(name);
    program = join(place, manifest.bin.ringfence);
    await writeConfiguration(project);
  });
  afterEach(async () => {
    const ended = new Promise((done) => (server?.exitCode === null ? server.once('exit', done) : done(null)));
    server?.kill();
    await ended;
    server = null;
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  function install(name: string): void {
    const target = join(project, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), target);
  }

  /** Starts the simulated vendors; resolves to what was said until the gateway was ready. */
  function startDev(): Promise<string> {
    const child = spawn(process.execPath, [program, 'dev'], { cwd: project, env, stdio: 'pipe' });
    server = child;
    let said = '';
    return new Promise((resolveWith) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          if (said.includes('ready, ')) resolveWith(said);
        });
      child.once('exit', () => resolveWith(said));
    });
  }

  it('holds what its pages link to, and says whose work is compiled into it', () => {
    const place = join(project, 'node_modules', 'ringfence');
    const pages = readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.md'),
    );
    assert.ok(pages.length > 20);
    const missing = pages.flatMap((page) =>
      [...readFileSync(join(place, page), 'utf8').matchAll(/\]\(([^)#\s]+)/g)]
        .map(([, link = '']) => link)
        .filter((link) => !link.startsWith('http') && !existsSync(join(place, dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    assert.deepEqual(missing, ['README.md: CONTRIBUTING.md'], 'whoever changes it has a clone');
    assert.match(readFileSync(join(place, 'NOTICE'), 'utf8'), /libphonenumber/);
  });

  it('is started by a file that tells an older Node what is needed', () => {
    const olderNode = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '24.11.9' } })`;
    const { status, stderr } = spawnSync(process.execPath, ['--import', olderNode, program], {
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(
      stderr,
      new RegExp(`needs Node ${manifest.engines.node.slice(2)} or later, and .* is 24.11.9`),
    );
  });

  it('brings the templates that its guides tell to install', () => {
    const place = join(project, 'node_modules', 'ringfence');
    for (const guide of ['running.md', 'scanner.md']) {
      const text = readFileSync(join(place, 'docs', guide), 'utf8');
      const [path = 'none'] = /(?<=\]\(\.\.\/)templates\/[^)]+/.exec(text) ?? [];
      assert.ok(existsSync(join(place, path)), `${guide}: ${path}`);
    }
  });

  it('finds what a history holds, in several threads', () => {
    using world = openScanWorld();
    world.git('init', '-q');
    world.write({ '.env': line(TOKENS[0]) });
    world.git('add', '.');
    world.git('commit', '-qm', 'one');
    world.git('gc', '-q');
    world.git('rm', '-q', '.env');
    world.git('commit', '-qm', 'two');
    const words = ['scan', '--history', '--workers', '2', '--json'];
    const { status, stdout } = spawnSync(process.execPath, [program, ...words], { cwd: world.folder, env });
    assert.equal(status, 3);
    const { findings } = JSON.parse(stdout.toString()) as { readonly findings: readonly unknown[] };
    assert.equal(findings.length, 1);
  });

  it('comes up without the SDK of the demonstration, and says how to get it', async () => {
    const said = await startDev();
    assert.match(said, /npm install twilio/);
    assert.match(said, /ready, /);
  });

  it('shows the demonstration when the SDK is there, and takes a program behind the gateway', async () => {
    install('twilio');
    const said = await startDev();
    assert.match(said, /sent +SM\w+ .*refused +RestException 403.*budget +\d+ messages, then .*ready, /s);
    const words = ['run', '--', process.execPath, '-e', 'console.log("it ran")'];
    const { stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
      cwd: project,
      env: { ...env, RINGFENCE_URL: /http:\S+(?=\nready)/.exec(said)?.[0] ?? '', RINGFENCE_DATA: 'data' },
      encoding: 'utf8',
    });
    assert.match(stdout, /it ran/, stderr);
  });
});
