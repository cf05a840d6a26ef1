import { RingfenceError } from '../../kernel/errors.ts';

/**
 * A key management service that guards the key ring: the ring is kept wrapped and is unwrapped once, at start.
 * Sealing and opening stay local, so an outage of the service does not stop a running gateway.
 */
export interface KeyWrapper {
  /** Names the service and its key, for example an ARN; written beside what it wrapped. */
  readonly name: string;
  wrap(plain: Buffer): Promise<Buffer>;
  unwrap(wrapped: Buffer): Promise<Buffer>;
}

interface WrappedText {
  readonly version: 1;
  readonly wrapper: string;
  readonly wrapped: string;
}

/** Text of the ring that only `wrapper` opens again. */
export async function wrapKeyRing(text: string, wrapper: KeyWrapper): Promise<string> {
  const wrapped = await wrapper.wrap(Buffer.from(text));
  const kept: WrappedText = { version: 1, wrapper: wrapper.name, wrapped: wrapped.toString('base64url') };
  return `${JSON.stringify(kept, null, 2)}\n`;
}

/** The ring's own text; a ring that was never wrapped is returned as it is. Throws `key_ring_missing`. */
export async function unwrapKeyRing(text: string, wrappers: readonly KeyWrapper[]): Promise<string> {
  const kept = readWrapped(text);
  if (kept === null) return text;
  const wrapper = wrappers.find((one) => one.name === kept.wrapper);
  if (wrapper === undefined)
    throw new RingfenceError(
      'key_ring_missing',
      `The key ring is wrapped by ${kept.wrapper}, which is not configured.`,
    );
  const plain = await wrapper.unwrap(Buffer.from(kept.wrapped, 'base64url')).catch((cause: unknown) => {
    throw new RingfenceError('key_ring_missing', `${wrapper.name} did not unwrap the key ring.`, { cause });
  });
  return plain.toString();
}

function readWrapped(text: string): WrappedText | null {
  try {
    const kept = JSON.parse(text) as Partial<WrappedText> | null;
    return typeof kept?.wrapper === 'string' && typeof kept.wrapped === 'string'
      ? (kept as WrappedText)
      : null;
  } catch {
    return null;
  }
}
