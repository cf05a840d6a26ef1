import type { Given } from '../contract.ts';

export interface SystemService {
  status(): Promise<Given<'status.get'>>;
  ca(): Promise<Given<'ca.get'>>;
  /** Answer of the gateway to a probe nonce; null for a nonce of another form. */
  probe(nonce: string): string | null;
  metrics(): Promise<string>;
  ready(): Promise<boolean>;
}
