import type { SettingStore } from '../../store/ports.ts';

/** What a leaked value is to us. */
export type LeakMatch =
  /** A real secret that is sealed here, or was until its last rotation. */
  | { readonly kind: 'account'; readonly account: string; readonly secret: string }
  | { readonly kind: 'key'; readonly key: string }
  /** Meant to be found. */
  | { readonly kind: 'canary'; readonly canary: string };

/** What was done about a leak. */
export interface LeakResponse {
  readonly kind: 'revoked' | 'rotating';
  /** Id of the rotation; null for a revoked key. */
  readonly rotation: string | null;
  readonly actor: string;
  /** Wall time in ms. */
  readonly at: number;
}

/** A leaked value: its keyed hash and looks, never itself. */
export interface LeakRecord {
  readonly id: string;
  /** Keyed hash under the index key. */
  readonly hash: string;
  /** Further hashes by which a virtual key is known (its bare secret, the public key of a private one). */
  readonly aliases: readonly string[];
  readonly rule: string;
  readonly vendor: string;
  readonly title: string;
  readonly remedy: string;
  /** First characters and length. */
  readonly masked: string;
  /** Where it was seen, in words, newest first. */
  readonly places: readonly string[];
  readonly match: LeakMatch | null;
  readonly response: LeakResponse | null;
  /** Policy wants it ended, and something stands in the way that passes: it is tried again. Absent: no. */
  readonly isWaiting?: boolean;
  readonly state: 'open' | 'responding' | 'resolved' | 'dismissed';
  /** Why it is dismissed or resolved, or what stands in the way of the response. */
  readonly note: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly endedAt: number | null;
}

export interface LeakStore {
  list(): Promise<readonly LeakRecord[]>;
  put(all: readonly LeakRecord[]): Promise<void>;
}

const SETTING = 'leaks';

/** All leaks in one setting: there are few, and they change together. */
export function createLeakStore(settings: SettingStore): LeakStore {
  return Object.freeze({
    async list() {
      return JSON.parse((await settings.get(SETTING)) || '[]') as LeakRecord[];
    },
    put: (all: readonly LeakRecord[]) => settings.put(SETTING, JSON.stringify(all)),
  });
}
