import { makeVirtualSecret } from '../../src/kernel/virtual-secret.ts';
import { CODE } from './contexts/code.ts';
import { CONFIGURATION } from './contexts/configuration.ts';
import type { Context } from './contexts/context.ts';
import { PROSE } from './contexts/prose.ts';
import type { Format, Value } from './format.ts';
import { FORMATS } from './formats/all.ts';
import { negatives } from './negatives.ts';
import { createRandom, type Random } from './random.ts';

export const CONTEXTS: readonly Context[] = [...CONFIGURATION, ...CODE, ...PROSE];

/** A file of the benchmark, and what a scanner should find in it. */
export interface Case {
  readonly path: string;
  readonly content: Buffer;
  /** The context, or the kind of negative. */
  readonly group: string;
  /** Null: nothing may be found. */
  readonly planted: { readonly vendor: string; readonly kind: string; readonly secret: string } | null;
}

export function makeValue(format: Format, random: Random): Value {
  const secret = random.fill(format.secret);
  return {
    secret,
    id: random.fill(format.id ?? ''),
    written: (format.written ?? '<secret>').replace('<secret>', () => secret),
  };
}

/** The vendor under which our own virtual keys are planted; they count apart. */
export const OWN_VENDOR = 'Ringfence';

/** Virtual keys where the vendor's own would stand: to be found as ours, and as nothing else. */
function virtualKeys(random: Random, count: number): Case[] {
  return Array.from({ length: count }, (_, index): Case => {
    const format = random.pick(
      FORMATS.filter(({ written, secret }) => written === undefined && secret !== '{pem}'),
    );
    const secret = makeVirtualSecret((length) => random.bytes(length));
    const value = { secret, id: random.fill(format.id ?? ''), written: secret };
    const file = random.pick(CONFIGURATION).plant({ format, value, random });
    const isPlain = file !== null && !file.text.includes(Buffer.from(secret).toString('base64'));
    const { path, text } =
      isPlain && file.encoding === undefined ? file : { path: '.env', text: `KEY=${secret}\n` };
    return {
      path: `virtual/${index}/${path}`,
      content: Buffer.from(text),
      group: 'virtual key',
      planted: { vendor: OWN_VENDOR, kind: 'virtual key', secret },
    };
  });
}

function planted(random: Random, repeats: number): Case[] {
  const cases: Case[] = [];
  for (const format of FORMATS)
    for (const context of CONTEXTS)
      for (let repeat = 0; repeat < repeats; repeat++) {
        const value = makeValue(format, random);
        const file = context.plant({ format, value, random });
        if (file === null) continue;
        const { vendor, kind } = format;
        cases.push({
          path: `planted/${cases.length}/${file.path}`,
          content: Buffer.from(file.text, file.encoding ?? 'utf8'),
          group: context.name,
          planted: { vendor, kind, secret: value.secret },
        });
      }
  return cases;
}

/** The whole tree. The same for the same numbers. */
export function createCorpus(options: {
  readonly seed: number;
  readonly repeats: number;
  readonly negatives: number;
}): Case[] {
  const random = createRandom(options.seed);
  const clean = negatives(random, options.negatives).map(({ kind, path, text }, index): Case => ({
    path: `clean/${index}/${path}`,
    content: Buffer.from(text),
    group: kind,
    planted: null,
  }));
  return [...planted(random, options.repeats), ...clean, ...virtualKeys(random, options.negatives)];
}
