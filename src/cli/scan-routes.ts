import { buildRouteMap } from '@stricli/core';
import { scan } from './nouns/scan.ts';

/** The scanner's commands alone, so that a commit hook does not wait for the others to load. */
export const routes = buildRouteMap({ routes: { scan }, docs: { brief: 'Look for leaked credentials' } });
