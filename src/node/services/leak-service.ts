import type { CanaryService } from '../../api/services/canaries.ts';
import type { LeakService, LeakView } from '../../api/services/leaks.ts';
import type { LeakRecord } from '../../custody/leaks/record.ts';
import { Secret } from '../../kernel/secret.ts';
import type { Primary } from '../primary.ts';
import { createRotationService } from './rotation-service.ts';

type Parts = Pick<Primary, 'leaks' | 'rotations' | 'canaries'> & {
  readonly store: Pick<Primary['store'], 'accounts' | 'keys'>;
};

/** Leaks as the admin API sees them, with the names of what they match. Every act journals itself. */
export function createLeakService({ leaks, rotations, canaries, store }: Parts): LeakService {
  async function view(all: readonly LeakRecord[]): Promise<readonly LeakView[]> {
    if (all.length === 0) return [];
    const records = [await store.accounts.list(), await store.keys.list(), await canaries.list()].flat();
    const names = new Map(records.map(({ id, name }) => [id, name]));
    return all.map((leak) => ({ ...leak, owner: names.get(ownerOf(leak) ?? '') ?? null }));
  }
  const viewOne = async (leak: LeakRecord): Promise<LeakView> => {
    const [found] = await view([leak]);
    return found ?? { ...leak, owner: null };
  };
  return {
    report: async (findings, actor) =>
      view(
        await leaks.report(
          findings.map((finding) => ({ ...finding, value: new Secret(finding.value) })),
          actor,
        ),
      ),
    list: async () => view(await leaks.list()),
    get: async (id) => viewOne(await leaks.get(id)),
    async respond(id, how, actor) {
      const { leak, guide } = await leaks.respond(id, { ...how, actor });
      const isRotating = leak.state === 'responding' && leak.match?.kind === 'account';
      const rotation = isRotating
        ? await createRotationService({ rotations }).rotation(accountOf(leak))
        : null;
      return { leak: await viewOne(leak), rotation, guide };
    },
    dismiss: async (id, reason, actor) => viewOne(await leaks.dismiss(id, reason, actor)),
  };
}

export function createCanaryService({ canaries }: Pick<Primary, 'canaries'>): CanaryService {
  return {
    plant: async (request, actor) => canaries.plant({ ...request, actor }),
    list: canaries.list,
    retire: canaries.retire,
    remove: canaries.remove,
  };
}

function ownerOf({ match }: LeakRecord): string | null {
  if (match === null) return null;
  if (match.kind === 'account') return match.account;
  return match.kind === 'key' ? match.key : match.canary;
}

function accountOf({ match }: LeakRecord): string {
  return match?.kind === 'account' ? match.account : '';
}
