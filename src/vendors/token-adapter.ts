import type { OpenAccount } from './custody-adapter.ts';

/** Client tokens that an app signs with its virtual secret. */
export interface TokenAdapter {
  /** Checks what a token signed with the virtual secret asks for, and signs the same grants with the real one. */
  exchange(claims: Readonly<Record<string, unknown>>, account: OpenAccount, now: number): string | null;
}
