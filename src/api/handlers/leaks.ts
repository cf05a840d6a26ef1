import { rotationOptions } from './accounts.ts';
import type { Handlers } from './handler.ts';

type Ids = 'leaks.report' | 'leaks.list' | 'leaks.show' | 'leaks.respond' | 'leaks.dismiss';

export const leakHandlers: Handlers<Ids> = {
  'leaks.report': ({ services, input, actor }) => services.leaks.report(input.findings, actor),
  'leaks.list': ({ services }) => services.leaks.list(),
  'leaks.show': ({ services, input }) => services.leaks.get(input.leak),
  'leaks.respond': ({ services, input, actor }) =>
    services.leaks.respond(input.leak, rotationOptions(input), actor),
  'leaks.dismiss': ({ services, input, actor }) => services.leaks.dismiss(input.leak, input.reason, actor),
};
