import type { OpenAccount } from './custody-adapter.ts';

/** Client tokens that an app signs with its virtual secret. */
export interface TokenAdapter {
  /** Signs the grants of a verified token of the app with the real secret. Null when they are more than a client may have. */
  exchange(claims: Readonly<Record<string, unknown>>, account: OpenAccount, now: number): string | null;
}
