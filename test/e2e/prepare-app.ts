import { tmpdir } from 'node:os';
import { prepareRun, type PreparedRun, type RunOptions } from '../../src/cli/run/prepare.ts';
import type { TestNode } from './node-fixture.ts';

/** What `ringfence run` prepares for an app of this node, whose own environment is `base`. */
export function prepareApp(
  { proxy, primary: { trust } }: TestNode,
  base: RunOptions['base'],
  scope: RunOptions['scope'] = 'all',
): Promise<PreparedRun> {
  return prepareRun({
    proxy,
    hosts: trust.part().hosts,
    certificate: trust.authority().certificate,
    tls: null,
    baseUrls: {},
    scope,
    base,
    temporary: tmpdir(),
  });
}
