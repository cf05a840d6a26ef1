import type { AccountService, RotationView } from '../../api/services/accounts.ts';
import { hasEnded, type RotationRecord } from '../../custody/rotation/record.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Primary } from '../primary.ts';

/** Rotations as the admin API sees them. The procedure journals each of its steps itself. */
export function createRotationService({
  rotations,
}: Pick<Primary, 'rotations'>): Pick<AccountService, 'rotate' | 'rotation' | 'rotations'> {
  const view = (record: RotationRecord): RotationView => ({ ...record, state: stateOf(record) });

  function stateOf({ phase, account, problem }: RotationRecord): RotationView['state'] {
    if (hasEnded({ phase })) return phase === 'done' ? 'done' : 'rolled-back';
    return problem !== null && !rotations.isRunning(account) ? 'halted' : 'running';
  }

  return {
    async rotate(request, actor) {
      const answer = await rotations.start({ ...request, actor });
      return answer.kind === 'guide'
        ? { rotation: null, guide: answer.steps }
        : { rotation: view(answer.record), guide: [] };
    },
    async rotation(id) {
      const found = await rotations.get(id);
      return found === null ? null : view(found);
    },
    rotations: async () => (await rotations.list()).map(view),
  };
}

/** Two hands on one credential would leave it to chance which is in use. */
export function refuseWhileRotating({ rotations }: Pick<Primary, 'rotations'>, account: string): void {
  if (rotations.isRunning(account))
    throw new RingfenceError('conflict', 'A rotation of this account is under way; wait for its end.');
}
