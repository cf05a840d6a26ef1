import type { PriceFilter } from '../../store/ports.ts';
import type { PriceRecord } from '../../store/records.ts';

export interface PriceService {
  /** Yields rows lazily: each is read when it is asked for. Throws `input_invalid` that names the line. */
  readFile(text: string, format: 'json' | 'csv'): Iterable<PriceRecord>;
  put(rows: readonly PriceRecord[], actor: string): Promise<number>;
  list(filter: PriceFilter): Promise<readonly PriceRecord[]>;
  remove(vendor: string, kind: PriceRecord['kind'] | undefined, actor: string): Promise<number>;
}
