import { access, constants, open, stat } from 'node:fs/promises';
import { basename, delimiter, join, resolve } from 'node:path';
import type { Environment } from './environment.ts';

/** A program that can run a probe the way the app runs. */
export interface Runtime {
  readonly kind: 'node' | 'python' | 'java' | 'curl';
  readonly path: string;
}

export interface RuntimesFound {
  readonly runtimes: readonly Runtime[];
  /** True when the command itself is one of these runtimes. If not, its own behaviour is not proved. */
  readonly isCommand: boolean;
}

/**
 * The runtimes to probe for a command: the interpreter that it is, or that its first line names. A command of unknown
 * nature (a shell script, a native program) gets every runtime on the path, because it may start any of them.
 */
export async function findRuntimes(command: string, environment: Environment): Promise<RuntimesFound> {
  const path = await findProgram(command, environment);
  const own = path === null ? null : await interpreterOf(path, environment);
  const curl = await findKind('curl', 'curl', environment);
  if (own !== null) return { runtimes: [own, ...(own.kind === 'curl' ? [] : curl)], isCommand: true };
  const node = await findKind('node', 'node', environment);
  const python = await findKind('python', 'python3', environment);
  const java = STARTS_JAVA.test(basename(command)) ? await findJava(environment) : [];
  return { runtimes: [...java, ...node, ...python, ...curl], isCommand: false };
}

/** Scripts known to start the `java` of JAVA_HOME or of the path. For others Java is not tried, because a JVM is slow to start. */
const STARTS_JAVA = /^(?:mvnw?|mvnDebug|gradlew?|ant|sbt|kotlin|scala)$/;

function findJava(environment: Environment): Promise<Runtime[]> {
  const { JAVA_HOME: home = '' } = environment;
  return findKind('java', home === '' ? 'java' : join(home, 'bin/java'), environment);
}

async function findKind(kind: Runtime['kind'], name: string, environment: Environment): Promise<Runtime[]> {
  const path = await findProgram(name, environment);
  return path === null ? [] : [{ kind, path }];
}

/** Follows the first line of a script, once: `#!/usr/bin/env node`, `#!/app/.venv/bin/python3`. */
async function interpreterOf(path: string, environment: Environment): Promise<Runtime | null> {
  const kind = kindOf(path);
  if (kind !== null) return { kind, path };
  const [program = '', ...rest] = (await firstLine(path)).slice(2).trim().split(/\s+/);
  const name = basename(program) === 'env' ? (rest.find((one) => !one.startsWith('-')) ?? '') : program;
  const named = name === '' ? null : await findProgram(name, environment);
  const namedKind = named === null ? null : kindOf(named);
  return named === null || namedKind === null ? null : { kind: namedKind, path: named };
}

function kindOf(path: string): Runtime['kind'] | null {
  const name = basename(path);
  if (/^node(js)?$/.test(name)) return 'node';
  if (/^python[\d.]*$/.test(name)) return 'python';
  return name === 'curl' || name === 'java' ? name : null;
}

async function firstLine(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const [line = ''] = buffer.subarray(0, bytesRead).toString('latin1').split('\n');
    return line.startsWith('#!') ? line : '';
  } finally {
    await file.close();
  }
}

/** Looks a command up as a shell does. Null when there is no such program. */
async function findProgram(command: string, environment: Environment): Promise<string | null> {
  const folders = command.includes('/') ? [''] : (environment['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    const path = resolve(join(folder, command));
    if (await isProgram(path)) return path;
  }
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
