import type { Operation, WireRequest } from './wire.ts';

/** Reads bodies in another encoding than the one that `readIntent` reads, and writes the answers to them. */
export interface TranslationAdapter {
  /** True when the request has such a body. Everything else stays as it is. */
  applies(request: Pick<WireRequest, 'headers'>): boolean;
  /** Translates the body. Called only for requests with a valid key, because the first call may load a large library. */
  translate(operation: Operation, request: WireRequest): Promise<Translation>;
}

export type Translation =
  | {
      readonly kind: 'translated';
      /** The translated request: this is what is judged and sent to the vendor. */
      readonly request: WireRequest;
      readonly backward: BackwardTranslation;
    }
  /** The body cannot be read completely; `problem` says why, and what to do. */
  | { readonly kind: 'malformed'; readonly problem: string };

export interface BackwardTranslation {
  /** Media type of the answer. */
  readonly type: string;
  /** The body of a successful answer, in the encoding of the request; null when it cannot be read. */
  answer(body: Buffer): Buffer | null;
}
