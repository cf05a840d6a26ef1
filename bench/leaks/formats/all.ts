import type { Format } from '../format.ts';
import { MAIL } from './mail.ts';
import { MESSAGING } from './messaging.ts';
import { MESSENGERS } from './messengers.ts';
import { REALTIME } from './realtime.ts';
import { REGIONAL } from './regional.ts';
import { VOICE } from './voice.ts';

/** Every format of the table whose form is documented or was seen, and that lets an attacker in. */
export const FORMATS: readonly Format[] = [
  ...MESSAGING,
  ...REGIONAL,
  ...VOICE,
  ...REALTIME,
  ...MAIL,
  ...MESSENGERS,
];
