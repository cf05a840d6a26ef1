import type { Channel, Effect, Intent } from '../../intent/intent.ts';
import { compileNetworks } from '../../kernel/networks.ts';
import { channelsOf } from '../channels.ts';
import { keyMeant, type Subject, type SubjectNames } from '../subject.ts';
import type { PolicyRule } from './schema.ts';

export type IntentTest = (subject: Subject, intent: Intent) => boolean;

/** Effects that a rule allows without naming them. */
const HARMLESS: ReadonlySet<Effect> = new Set(['read', 'write']);

/** Does a rule speak about this app, key and network? */
export function compileWho(who: PolicyRule['who'], names: SubjectNames): (subject: Subject) => boolean {
  if (who === undefined) return () => true;
  const apps = calledOneOf(who.apps, names.app);
  const keys = calledOneOf(who.keys, names.key);
  const inside = who.networks === undefined ? null : compileNetworks(who.networks);
  return ({ app, key, network }) =>
    (apps === null || apps(app)) &&
    (keys === null || keyMeant(key, keys, names.replacedBy) !== null) &&
    (inside === null || inside(network));
}

/** Everything of `what` but the effects. `isAllow`: all channels of an intent must be named, else any of them. */
export function compileWhat(what: PolicyRule['what'], names: SubjectNames, isAllow: boolean): IntentTest {
  if (what === undefined) return () => true;
  const vendors = setOf(what.vendors);
  const accounts = calledOneOf(what.accounts, names.account);
  const actions = setOf(what.actions);
  const operations = setOf(what.operations);
  const channels = inChannels(what.channels, isAllow);
  return (subject, intent) =>
    (vendors === null || vendors.has(subject.vendor)) &&
    (accounts === null || accounts(subject.account)) &&
    (actions === null || actions.has(intent.action)) &&
    (operations === null || operations.has(intent.operation)) &&
    (channels === null || channels(intent));
}

function inChannels(
  stated: readonly string[] | undefined,
  isAllow: boolean,
): ((intent: Intent) => boolean) | null {
  const named = setOf(stated);
  if (named === null) return null;
  return (intent) => {
    const all = channelsOf(intent);
    // A vendor makes an SMS of a picture message where no pictures are taken: whoever allows the one allows that.
    const isNamed = (channel: Channel): boolean =>
      named.has(channel) || (isAllow && channel === 'sms' && intent.channel === 'mms');
    return isAllow ? all.length > 0 && all.every(isNamed) : all.some(isNamed);
  };
}

/**
 * An allow rule covers an intent when it names all its sensitive effects, or its action or operation itself.
 * `other` is no name: it stands for everything that is known by its effects alone.
 */
export function compileAllowedEffects(what: PolicyRule['what']): (intent: Intent) => boolean {
  const effects = new Set<Effect>(what?.effects);
  const named = setOf(what?.actions?.filter((action) => action !== 'other'));
  const operations = setOf(what?.operations);
  return (intent) =>
    (named !== null && named.has(intent.action)) ||
    (operations !== null && operations.has(intent.operation)) ||
    (intent.effects.every((effect) => HARMLESS.has(effect) || effects.has(effect)) &&
      (effects.size === 0 || intent.effects.some((effect) => effects.has(effect))));
}

/** A deny rule hits an intent that has any of the effects it names; without names, every intent. */
export function compileDeniedEffects(what: PolicyRule['what']): (intent: Intent) => boolean {
  if (what?.effects === undefined) return () => true;
  const effects = new Set<Effect>(what.effects);
  return ({ effects: present }) => present.some((effect) => effects.has(effect));
}

/** Is an id, or its name, one of those that a rule states? Null when it states none. */
function calledOneOf(
  stated: readonly string[] | undefined,
  nameOf: (id: string) => string | undefined,
): ((id: string) => boolean) | null {
  const meant = setOf(stated);
  return meant === null ? null : (id) => meant.has(id) || meant.has(nameOf(id) ?? '');
}

/** Null when the rule does not name the dimension: then every value of it will do. */
export function setOf(values: readonly string[] | undefined): ReadonlySet<string> | null {
  return values === undefined ? null : new Set(values);
}
