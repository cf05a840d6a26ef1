import type { Handlers } from './handler.ts';

type Ids = 'leaks.report' | 'leaks.list' | 'leaks.show' | 'leaks.respond' | 'leaks.dismiss';

export const leakHandlers: Handlers<Ids> = {
  'leaks.report': ({ services, input, actor }) => services.leaks.report(input.findings, actor),
  'leaks.list': ({ services }) => services.leaks.list(),
  'leaks.show': ({ services, input }) => services.leaks.get(input.leak),
  'leaks.respond': ({ services, input, actor }) => {
    const { leak, watchSeconds, force = false } = input;
    const watch = watchSeconds === undefined ? {} : { watch: watchSeconds * 1000 };
    return services.leaks.respond(leak, { isForced: force, ...watch }, actor);
  },
  'leaks.dismiss': ({ services, input, actor }) => services.leaks.dismiss(input.leak, input.reason, actor),
};
