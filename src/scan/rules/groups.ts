import type { LeakRule } from '../../vendors/leak-rule.ts';

type Rules = readonly LeakRule[];

/** Every form of credential that the scanner knows, in parts that load on their own. The order is that of the rules. */
export const RULE_GROUPS: Readonly<Record<string, () => Promise<Rules>>> = {
  own: async () => (await import('./own.ts')).OWN_RULES,
  served: async () => (await import('../../vendors/leaks.ts')).VENDOR_LEAKS,
  sms: async () => (await import('./sms.ts')).SMS_RULES,
  bird: async () => (await import('./bird.ts')).BIRD_RULES,
  'sms-regional': async () => (await import('./sms-regional.ts')).REGIONAL_SMS_RULES,
  'sms-small': async () => (await import('./sms-small.ts')).SMALL_SMS_RULES,
  email: async () => (await import('./email.ts')).EMAIL_RULES,
  'email-named': async () => (await import('./email-named.ts')).NAMED_EMAIL_RULES,
  voice: async () => (await import('./voice.ts')).VOICE_RULES,
  'voice-agents': async () => (await import('./voice-agents.ts')).VOICE_AGENT_RULES,
  video: async () => (await import('./video.ts')).VIDEO_RULES,
  realtime: async () => (await import('./realtime.ts')).REALTIME_RULES,
  chat: async () => (await import('./chat.ts')).CHAT_RULES,
  collaboration: async () => (await import('./collaboration.ts')).COLLABORATION_RULES,
  messengers: async () => (await import('./messengers.ts')).MESSENGER_RULES,
  marketing: async () => (await import('./marketing.ts')).MARKETING_RULES,
  push: async () => (await import('./push.ts')).PUSH_RULES,
  encoded: async () => (await import('./encoded.ts')).ENCODED_RULES,
};

/** The rules of these groups, in the order of all rules. */
export async function loadGroups(names: ReadonlySet<string>): Promise<Rules> {
  const chosen = Object.entries(RULE_GROUPS).filter(([name]) => names.has(name));
  return (await Promise.all(chosen.map(([, load]) => load()))).flat();
}
