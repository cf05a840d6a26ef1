import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import type { LocalOptions, RingActions, RingView } from '../../cli/context.ts';
import { addRingKey, createKeyRing, dropOldRingKeys } from '../../custody/sealing/key-ring.ts';
import { readKeyRing, writeKeyRing, type KeyRingSource } from '../../custody/sealing/key-ring-source.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { RING_VARIABLE, type Local } from './local.ts';

/** The key ring as its owner sees it: names of keys, never a key. A running gateway keeps the ring that it has read. */
export function createRingActions(local: Local): RingActions {
  const sourceOf = async (options: LocalOptions): Promise<KeyRingSource> =>
    local.keyRingOf(await local.configOf(options));

  async function change(source: KeyRingSource, edit: (text: string) => string): Promise<RingView> {
    if (source.kind !== 'file')
      throw new RingfenceError(
        'usage',
        `The key ring comes from ${RING_VARIABLE}. Decode it into a file of your own (mode 0600) that \`keyRing.file\` of a configuration names, run this with --config, and put the file, in base64, back where the variable comes from.`,
      );
    const text = edit(await readKeyRing(source));
    const view = viewOf(source, text);
    // A link stays a link: what it leads to is the ring.
    await writeKeyRing(await realpath(source.path), text, 'replace');
    return view;
  }

  return Object.freeze({
    async list(options: LocalOptions) {
      const source = await sourceOf(options);
      return viewOf(source, await readKeyRing(source));
    },
    add: async (options: LocalOptions) =>
      change(await sourceOf(options), (text) => addRingKey(text, { random: randomBytes, now: Date.now() })),
    drop: async (options: LocalOptions, inUse: string) =>
      change(await sourceOf(options), (text) => {
        const { newest } = createKeyRing(text);
        if (newest === inUse) return dropOldRingKeys(text);
        throw new RingfenceError(
          'conflict',
          `The gateway seals with the key ${inUse}, but the newest of the ring is ${newest}: restart the gateway first.`,
        );
      }),
  });
}

function viewOf(source: KeyRingSource, text: string): RingView {
  const place = source.kind === 'file' ? source.path : RING_VARIABLE;
  return { place, keys: createKeyRing(text).names };
}
