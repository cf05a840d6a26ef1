import type { ResponseOptions } from '../../custody/leaks/leaks.ts';
import type { LeakRecord } from '../../custody/leaks/record.ts';
import type { ReportedLeak } from '../../custody/leaks/state.ts';
import type { RotationStart } from './accounts.ts';

export interface LeakView extends LeakRecord {
  /** Name of the account, key or canary that it matches. */
  readonly owner: string | null;
}

export interface LeakService {
  /** Records the leaks. Only keyed hashes of the values are kept, never the values. */
  report(
    findings: readonly (Omit<ReportedLeak, 'value'> & { readonly value: string })[],
    actor: string,
  ): Promise<readonly LeakView[]>;
  list(): Promise<readonly LeakView[]>;
  get(id: string): Promise<LeakView>;
  respond(id: string, how: Omit<ResponseOptions, 'actor'>, actor: string): Promise<LeakReply>;
  dismiss(id: string, reason: string, actor: string): Promise<LeakView>;
}

export interface LeakReply extends RotationStart {
  readonly leak: LeakView;
}
