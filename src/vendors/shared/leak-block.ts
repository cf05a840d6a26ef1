/** Pieces of patterns that tell whether a name without a vendor is in the vendor's block or in another's. */

/** Heads of blocks that say nothing about whose block it is. */
const NEUTRAL =
  'credentials?|auth|config|settings|options|defaults?|production|prod|staging|development|dev|test|testing|live|env|' +
  'environment|variables|secrets?|data|stringData|api|accounts?|providers?|params|parameters|properties|values|sms|email|' +
  'voice|video|chat|push|messaging|notifications?|rest|client|server|app|keys?|services?|headers|body|with|args|kwargs';

/** A line that opens a block: `name:`, `"name": {`, `'name' => [`. */
const HEAD = String.raw`[ \t]*["']?(?!(?:${NEUTRAL})\b)[\w.\-]{2,40}["']?[ \t]*(?::|=>)[ \t]*[\[{(]?[ \t]*\r?\n`;

/**
 * Up to 200 characters that do not leave the block: no line opens another one, and no bracket closes that was not opened
 * here. One way only to read each character, so that it stays linear.
 */
export const INSIDE = String.raw`(?:[^\n}${'$'}{]|\n(?!${HEAD})|\$(?!\{)|\$\{[^{}\n]{0,60}\}|\{\{[^{}\n]{0,60}\}\}|(?<![:=>][ \t]?)\{[^{}\n]{0,120}\}|\{(?!\{)){0,200}?`;

/** The vendor is named soon after this place, and not as the head of a block or as a name with a value of its own. */
export const namedAfter = (vendor: string): string =>
  String.raw`(?=(?:[^\n]|\n(?!${HEAD})){0,240}?${vendor}(?![\w.\- ]{0,24}["']?[ \t]{0,4}(?::|=)))`;
