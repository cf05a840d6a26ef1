import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareEnvironment, type EnvironmentOptions } from './environment.ts';
import { writeTrustFiles } from './trust-files.ts';

export interface RunOptions extends Omit<EnvironmentOptions, 'trust' | 'preload' | 'python'> {
  /** The gateway authority's certificate, PEM. */
  readonly certificate: string;
  /** Folder for temporary files. */
  readonly temporary: string;
}

export interface PreparedRun extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
}

/** Writes the trust files into a private folder and builds the environment around them; disposing removes the folder. */
export async function prepareRun(options: RunOptions): Promise<PreparedRun> {
  const folder = await mkdtemp(join(options.temporary, 'ringfence-run-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const trust = await writeTrustFiles({ ...options, folder });
    const preload = new URL('./preload.mjs', import.meta.url).href;
    const python = fileURLToPath(new URL('./python', import.meta.url));
    const environment = prepareEnvironment({ ...options, trust, preload, python });
    return { environment, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
