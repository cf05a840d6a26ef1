import type { Recipe } from '../recipe.ts';
import { CHAT_RECIPES } from './chat.ts';
import { EMAIL_RECIPES } from './email.ts';
import { MESSAGING_RECIPES } from './messaging.ts';
import { VOICE_RECIPES } from './voice.ts';

/** Vendors without an adapter that can be asked with one documented read. */
export const RECIPES: readonly Recipe[] = [
  ...MESSAGING_RECIPES,
  ...EMAIL_RECIPES,
  ...VOICE_RECIPES,
  ...CHAT_RECIPES,
];
