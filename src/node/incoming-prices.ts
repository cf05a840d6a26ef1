import { createPriceBook, type PriceBook } from '../guard/prices/price-book.ts';
import type { PricePage } from './messages.ts';

/** Price books that come in pages. */
export interface IncomingPrices {
  /** The book, when this was its last page. */
  take(page: PricePage): PriceBook | null;
}

/** One book for all processes and one for this one, which starts, may come side by side. */
const MOST = 2;

/** A book whose first page went to others before this process lived is passed over: what it is told itself is as new. */
export function createIncomingPrices(): IncomingPrices {
  const books = new Map<bigint, PriceBook>();
  let inForce = 0n;
  return Object.freeze({
    take({ book, rows, isFirst, isLast }: PricePage) {
      if (isFirst) {
        books.set(book, createPriceBook([]));
        const [oldest = book] = books.keys();
        if (books.size > MOST) books.delete(oldest); // Its pages broke off: the store was away.
      }
      const found = books.get(book);
      found?.add(rows);
      if (!isLast) return null;
      books.delete(book);
      if (found === undefined || book < inForce) return null; // Begun earlier, it was read from an older store.
      inForce = book;
      return found;
    },
  });
}
