import { nearest } from '../kernel/nearest.ts';
import { finding, type Check } from './checks.ts';

/** Listeners other than those for a single vendor host. */
const OTHERS: ReadonlySet<string> = new Set(['apps', 'proxy', 'tls', 'admin']);

/**
 * Warns of hosts in `listeners.hosts` that belong to no vendor or account: every request to their port is refused. That is not
 * an error, because an account may bring the host later. `known` are host names, and patterns in which `*` is one label.
 */
export function checkHosts(
  listeners: readonly { readonly name: string }[],
  known: readonly string[],
): readonly Check[] {
  const names = listeners.map(({ name }) => name).filter((name) => !OTHERS.has(name));
  const unknown = names.filter((host) => !known.some((pattern) => fits(host, pattern)));
  return unknown.map((host) => {
    const near = nearest(host, known);
    const remedy =
      near === null
        ? '`ringfence status` lists the hosts of vendors; those of your own servers come with their accounts.'
        : `Did you mean ${near}? Correct it in the configuration, and restart the gateway.`;
    return finding(`host ${host}`, 'listeners.hosts names it, but no vendor and no account has it', remedy);
  });
}

function fits(host: string, pattern: string): boolean {
  const labels = host.toLowerCase().split('.');
  const wanted = pattern.toLowerCase().split('.');
  return (
    labels.length === wanted.length &&
    wanted.every((label, place) => label === '*' || label === labels[place])
  );
}
