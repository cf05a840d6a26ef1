import type { PolicyDocument } from '../../guard/policy/schema.ts';
import type { PolicyRecord } from '../../store/records.ts';

export interface PolicyService {
  active(): Promise<PolicyRecord | null>;
  /** Throws `config_invalid` for a policy that cannot be read, `conflict` when `expected` is not the active version. */
  put(source: string, expected: number, actor: string): Promise<PolicyRecord>;
  list(): Promise<readonly PolicyRecord[]>;
  /** Reads a policy. Throws `config_invalid` or `input_invalid` that says what is wrong and where. */
  parse(source: string): PolicyDocument;
  /** Sentences about apps, keys and accounts that the policy names and that do not exist yet. */
  warnings(document: PolicyDocument): Promise<readonly string[]>;
}
