import type { Canaries, CanaryRecord, NewCanary } from '../../custody/canaries/canaries.ts';

export interface CanaryService {
  plant(request: Omit<NewCanary, 'actor'>, actor: string): ReturnType<Canaries['plant']>;
  list(): Promise<readonly CanaryRecord[]>;
  retire(id: string, actor: string): Promise<CanaryRecord>;
  remove(id: string, actor: string): Promise<void>;
}
