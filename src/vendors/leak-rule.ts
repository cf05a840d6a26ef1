/** Offline checks of a value's inner structure, by name; the scanner has the code. */
export type LeakStructure =
  | 'crc32-hex-tail'
  | 'uuid4-base64'
  | 'uuid-text-base64'
  | 'uuid-text-prefix-base64'
  | 'milliseconds-hex'
  | 'decodes-to-64-bytes'
  | 'jwt'
  | 'virtual-secret';

/** A literal by which the scanner finds the neighbourhood of a value; `hex`: so many hexadecimal digits follow it. */
export type LeakAnchor = string | { readonly prefix: string; readonly hex: number };

/**
 * A form of credential that the scanner finds. The pattern sees nothing but a slice of `span` bytes on either side of
 * an anchor, so that a changed version of a file needs to be read only near its changes.
 */
export interface LeakRule {
  /** Vendor and kind, in kebab case: `twilio-auth-token`. */
  readonly id: string;
  /** Name of the vendor, for people. */
  readonly vendor: string;
  readonly title: string;
  /** What the value looks like, in words, for the reference page. */
  readonly form?: string;
  /** `secret` lets an attacker in; an `identifier` or `public` value is shown only beside a secret, or when asked for. */
  readonly role: 'secret' | 'identifier' | 'public';
  /** How sure a match is before verification: `high` for a distinctive form, `medium` where a name beside it is the proof. */
  readonly confidence: 'high' | 'medium';
  /** Literals one of which must stand near a value: ASCII, case ignored, at least four characters (or a prefix with at least 8 hex digits). */
  readonly anchors: readonly LeakAnchor[];
  /** Bytes before and after the anchor that the pattern may see; 16 to 256. */
  readonly span: number;
  /** Flags `dg` and perhaps `i`. The group `secret` is the value; further groups (`id`, `host`) are its companions. Linear in time. */
  readonly pattern: RegExp;
  /** Words one of which must stand in the same slice, without regard to case; empty when the pattern is proof enough. */
  readonly context: readonly string[];
  /** Paths of files at whose beginning alone a match counts, for values that are proved by nothing but the name of their file. */
  readonly file?: RegExp;
  readonly structure?: LeakStructure;
  /** True: a value that fails the structure check is no credential. False or absent: it only lowers the confidence. */
  readonly structureDecides?: boolean;
  /** What to do, in one or two sentences: where to revoke it and what replaces it. */
  readonly remedy: string;
  /** Made-up, never live. Each must be found by this rule. */
  readonly examples: readonly string[];
  /** Nearly a match; this rule must stay silent. */
  readonly nearMisses: readonly string[];
}
