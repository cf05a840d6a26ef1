import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** Environment for tests and the programs that they start: the Python of `.venv` is preferred to the system's. */
export const ENVIRONMENT = {
  ...process.env,
  PATH: [resolve('.venv/bin'), process.env['PATH']].join(delimiter),
};

/** A program that some tests need and that `npm ci` does not bring. */
export interface Service {
  readonly name: string;
  readonly install: string;
  readonly found: () => boolean;
}

const runs =
  (command: string, ...args: string[]) =>
  (): boolean =>
    spawnSync(command, args, { stdio: 'ignore', env: ENVIRONMENT }).status === 0;

export const SERVICES: readonly Service[] = [
  { name: 'openssl', install: 'apt-get install openssl', found: runs('openssl', 'version') },
  { name: 'curl', install: 'apt-get install curl', found: runs('curl', '--version') },
  { name: 'fish', install: 'apt-get install fish', found: runs('fish', '--version') },
  { name: 'strace', install: 'apt-get install strace', found: runs('strace', '-V') },
  {
    name: 'nginx',
    install: 'apt-get install nginx',
    found: () => existsSync('/usr/sbin/nginx') || runs('nginx', '-v')(),
  },
  {
    name: 'libfaketime',
    install: 'apt-get install libfaketime',
    found: () => globSync('/usr/lib/*/faketime/libfaketime.so.1').length > 0,
  },
  {
    name: 'PostgreSQL',
    install: 'apt-get install postgresql',
    found: () => globSync('/usr/lib/postgresql/*/bin/initdb').length > 0,
  },
  {
    name: 'Python with the SDKs of the vendors',
    install: 'python3 -m venv .venv && .venv/bin/pip install -r test/requirements.txt',
    found: runs('python3', '-c', 'import twilio, vonage, telnyx, livekit.api'),
  },
];
