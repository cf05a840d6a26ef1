import { constants } from 'node:fs';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RingfenceError, systemReason } from '../../kernel/errors.ts';

const MAX_BYTES = 64 * 1024;

/** Where the text of the key ring comes from: a file, or a value in base64 (environment, secret mount). */
export type KeyRingSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'base64'; readonly value: string };

/** Reads the text of a key ring. Throws `key_ring_missing` when it is absent or when others could read the file. */
export async function readKeyRing(source: KeyRingSource): Promise<string> {
  return source.kind === 'file' ? readRingFile(source.path) : Buffer.from(source.value, 'base64').toString();
}

/**
 * Writes the ring with mode 0600, whole or not at all, so that a power cut cannot undo it. A ring that is replaced stays
 * its owner's: root may change it for the user that the gateway runs as. `create` refuses an existing file: a ring is never
 * overwritten by accident, because what it sealed would be lost.
 */
export async function writeKeyRing(path: string, text: string, mode: 'create' | 'replace'): Promise<void> {
  const temporary = `${path}.new`;
  await rm(temporary, { force: true });
  const old = mode === 'replace' ? await stat(path).catch(() => null) : null;
  await writePrivate(temporary, text, old).catch(async (cause: unknown) => {
    await rm(temporary, { force: true });
    throw new RingfenceError('usage', `The key ring ${path} cannot be written (${systemReason(cause)}).`, {
      cause,
    });
  });
  if (mode === 'create') await linkNew(temporary, path);
  else await rename(temporary, path);
  await syncDirectory(dirname(path));
}

async function linkNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (cause) {
    throw new RingfenceError('conflict', `The key ring ${path} could not be created; is it there already?`, {
      cause,
    });
  } finally {
    await rm(temporary, { force: true });
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

async function writePrivate(path: string, text: string, owner: Owner | null): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    if (owner !== null && owner.uid !== (await file.stat()).uid) await file.chown(owner.uid, owner.gid);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name that was given or taken is on the disk when this returns. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Checks the opened file, not the path, so that nobody can swap it between check and read. */
async function readRingFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new RingfenceError(
      'key_ring_missing',
      `The key ring file ${path} cannot be opened (${systemReason(cause)}).`,
      { cause },
    );
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw unusable(path, 'is not a plain file');
    if ((facts.mode & 0o077) !== 0 && !isCredential(facts))
      throw unusable(path, 'can be read by other users: run `chmod 600` on it');
    if (facts.size > MAX_BYTES) throw unusable(path, 'is too long');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * A credential of systemd belongs to root, and a list of rights lets the user of the service read it: what looks like the
 * rights of the group, which is root's as well, is the mask of that list.
 */
function isCredential({ uid, gid, mode }: Readonly<Record<'uid' | 'gid' | 'mode', number>>): boolean {
  return uid === 0 && gid === 0 && (mode & 0o777) === 0o440;
}

function unusable(path: string, why: string): RingfenceError {
  return new RingfenceError('key_ring_missing', `The key ring file ${path} ${why}.`);
}
