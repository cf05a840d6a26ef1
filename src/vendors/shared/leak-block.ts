/** Pieces of patterns that tell whether a name without a vendor is in the vendor's block or in another's. */

/** Names of blocks that do not tell which vendor the block is about. */
const NEUTRAL =
  'credentials?|auth|config|settings|options|defaults?|production|prod|staging|development|dev|test|testing|live|env|' +
  'environment|variables|secrets?|data|stringData|api|accounts?|providers?|params|parameters|properties|values|sms|email|' +
  'voice|video|chat|push|messaging|notifications?|rest|client|server|app|keys?|services?|headers|body|with|args|kwargs';

/** A line that opens a block: `name:`, `"name": {`, `'name' => [`. */
const HEAD = String.raw`[ \t]*["']?(?!(?:${NEUTRAL})\b)[\w.\-]{2,40}["']?[ \t]*(?::|=>)[ \t]*[\[{(]?[ \t]*\r?\n`;

/**
 * Up to 200 characters that stay within the block: no line among them opens another block, and no bracket closes that was not
 * opened among them. Each character can be matched in one way only, which keeps the pattern linear.
 */
export const INSIDE = String.raw`(?:[^\n}${'$'}{]|\n(?!${HEAD})|\$(?!\{)|\$\{[^{}\n]{0,60}\}|\{\{[^{}\n]{0,60}\}\}|(?<![:=>][ \t]?)\{[^{}\n]{0,120}\}|\{(?!\{)){0,200}?`;

/** Requires the vendor's name soon after this place, but not as the head of a block, nor as a name with its own value. */
export const namedAfter = (vendor: string): string =>
  String.raw`(?=(?:[^\n]|\n(?!${HEAD})){0,240}?${vendor}(?![\w.\- ]{0,24}["']?[ \t]{0,4}(?::|=)))`;
