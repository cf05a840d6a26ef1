import { buildRouteMap } from '@stricli/core';
import { scan } from './nouns/scan.ts';

/** The commands of the scanner alone: a hook must not wait for all others. */
export const routes = buildRouteMap({ routes: { scan }, docs: { brief: 'Look for leaked credentials' } });
