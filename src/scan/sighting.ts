import type { Secret } from '../kernel/secret.ts';
import type { LeakRule } from '../vendors/leak-rule.ts';
import type { Detection } from './detection.ts';

/** Where a value stands. Paths are relative to what was scanned, with `/`; `a.zip!/b.env` is a file in an archive. */
export type Place =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'layer'; readonly image: string; readonly layer: string; readonly path: string }
  | GitPlace;

export interface GitPlace {
  readonly kind: 'git';
  /** What holds the value: a blob, or the message of a commit or tag. */
  readonly object: string;
  readonly type: 'blob' | 'commit' | 'tag';
  /** First commit that brought it; null when no commit reaches it (unreachable, stash dropped, staged only). */
  readonly commit: string | null;
  readonly author: string | null;
  /** Wall time in ms. */
  readonly date: number | null;
  /** Null for a message, and for an unreachable blob. */
  readonly path: string | null;
  /** True when the work tree's HEAD still has this object. */
  readonly inHead: boolean;
}

/** One value, found by one rule at one place. Never printed whole: the value is typed as a secret. */
export interface Sighting {
  readonly rule: LeakRule;
  readonly secret: Secret;
  readonly companions: Readonly<Record<string, string>>;
  readonly confidence: Detection['confidence'];
  readonly place: Place;
  /** Both from 1; columns count UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** Text after `ringfence:allow` on the line of the value or the line before it. */
  readonly allowance?: string;
}

/** Something that could not be read; the scan went on without it. */
export interface ScanProblem {
  /** The pack, object, archive or file. */
  readonly where: string;
  /** What is wrong, in a sentence. */
  readonly problem: string;
}

export interface ScanProgress {
  readonly done: number;
  /** 0 when it is not known. */
  readonly total: number;
  readonly unit: 'objects' | 'files';
}

/** What every source yields, whether a work tree, an index, a history or an image. */
export interface ScanOutcome {
  readonly sightings: readonly Sighting[];
  readonly problems: readonly ScanProblem[];
  /** Documents and bytes that were looked at. */
  readonly documents: number;
  readonly bytes: number;
  /** Documents that were passed over, as they hold no text. */
  readonly binaries: number;
}
