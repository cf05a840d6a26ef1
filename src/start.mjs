#!/usr/bin/env node
// Plain on purpose: an older Node, which cannot read the other files, gets as far as the message. Modules of Node are not
// imported, as that takes longer than to get them.
const LEAST = [24, 12];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  process.stderr.write(
    `error: Ringfence needs Node ${LEAST.join('.')} or later, and ${process.execPath} is ${process.versions.node}.\n  Install it, or start Ringfence with the one that its packages bring: npm ci && npm start\n`,
  );
  process.exit(1);
}
// Else Node opens a debugger, in which every user of the machine can read what is in memory.
process.on('SIGUSR1', () => {});
const { existsSync, statSync } = process.getBuiltinModule('node:fs');
// Node caches what it makes of a TypeScript file, but not of the file that switches the cache on. Its own choice is a folder
// in /tmp: another user can be the first to make it, and what he puts there runs as this one.
const home = process.env.HOME ?? '';
try {
  const { uid, mode } = statSync(home);
  if (uid === process.getuid() && (mode & 0o022) === 0)
    process.getBuiltinModule('node:module').enableCompileCache(`${home}/.cache/ringfence`);
} catch {} // Without a home it starts a little later.
await import(existsSync(new URL('main.ts', import.meta.url)) ? './main.ts' : './main.js');
