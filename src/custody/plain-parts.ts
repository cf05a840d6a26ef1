import type { IssuedCredential } from '../vendors/custody-adapter.ts';

/** The parts of a new virtual credential in clear, for the answer to whoever made it: it is not shown again. */
export function plainParts({ parts }: Pick<IssuedCredential, 'parts'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, typeof part === 'string' ? part : part.reveal()]),
  );
}
