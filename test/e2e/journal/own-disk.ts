import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A file system of its own, in memory, until the test has ended. */
export function mountDisk(
  t: TestContext,
  megabytes: number,
): { readonly path: string } | { readonly reason: string } {
  const path = mkdtempSync(join(tmpdir(), 'ringfence-own-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  t.after(() => {
    spawnSync('umount', ['-l', path]);
    rmSync(path, { recursive: true, force: true });
  });
  if (mounted.status === 0) return { path };
  return { reason: `no tmpfs can be mounted: ${mounted.error?.message ?? mounted.stderr.toString().trim()}` };
}

/** Appends to a file until `left` bytes are free. Others may take a part of what was free a moment before. */
export function fillDisk(disk: string, file: string, left: number): void {
  const { bavail, bsize } = statfsSync(disk);
  try {
    writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - left)), { flag: 'a' });
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  }
}
