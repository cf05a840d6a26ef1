import { VENDOR_LEAKS } from '../../vendors/leaks.ts';
import type { LeakRule } from '../../vendors/vendor.ts';
import { BIRD_RULES } from './bird.ts';
import { CHAT_RULES } from './chat.ts';
import { COLLABORATION_RULES } from './collaboration.ts';
import { NAMED_EMAIL_RULES } from './email-named.ts';
import { ENCODED_RULES } from './encoded.ts';
import { EMAIL_RULES } from './email.ts';
import { OWN_RULES } from './own.ts';
import { PUSH_RULES } from './push.ts';
import { REALTIME_RULES } from './realtime.ts';
import { REGIONAL_SMS_RULES } from './sms-regional.ts';
import { SMALL_SMS_RULES } from './sms-small.ts';
import { SMS_RULES } from './sms.ts';
import { VIDEO_RULES } from './video.ts';
import { VOICE_AGENT_RULES } from './voice-agents.ts';
import { VOICE_RULES } from './voice.ts';

/** Every form of credential that the scanner knows. */
export const LEAK_RULES: readonly LeakRule[] = [
  ...OWN_RULES,
  ...VENDOR_LEAKS,
  ...SMS_RULES,
  ...BIRD_RULES,
  ...REGIONAL_SMS_RULES,
  ...SMALL_SMS_RULES,
  ...EMAIL_RULES,
  ...NAMED_EMAIL_RULES,
  ...VOICE_RULES,
  ...VOICE_AGENT_RULES,
  ...VIDEO_RULES,
  ...REALTIME_RULES,
  ...CHAT_RULES,
  ...COLLABORATION_RULES,
  ...PUSH_RULES,
  ...ENCODED_RULES,
];
