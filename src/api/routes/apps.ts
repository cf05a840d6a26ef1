import { z } from 'zod';
import { empty, givenName, time, type RouteSpec } from '../schema.ts';

export const app = z.object({ id: z.string(), name: z.string(), createdAt: time });

export const appRoutes = {
  'apps.create': {
    summary: 'Create an app',
    input: z.strictObject({ name: givenName }),
    output: app,
    status: 201,
  },
  'apps.list': { summary: 'List apps', input: empty, output: z.array(app) },
} as const satisfies Record<string, RouteSpec>;
