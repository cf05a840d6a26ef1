import { createPriceBook, type PriceBook } from '../../guard/prices/price-book.ts';
import type { PricePage } from '../processes/messages.ts';

/** Price books that come in pages. */
export interface IncomingPrices {
  /** The book, when this was its last page. */
  take(page: PricePage): PriceBook | null;
}

/** One book for all processes and one for this one, which starts, may come side by side. */
const MOST = 2;

interface Incoming {
  readonly prices: PriceBook;
  /** How many of its pages are in it. */
  pages: number;
}

/**
 * A book whose first page went to others before this process lived is passed over: what it is told itself is as new. A page
 * may come twice, as changes are told again to a process that starts.
 */
export function createIncomingPrices(): IncomingPrices {
  const books = new Map<bigint, Incoming>();
  let inForce = 0n;

  function begin(book: bigint): void {
    books.set(book, { prices: createPriceBook([]), pages: 0 });
    const [oldest = book] = books.keys();
    if (books.size > MOST) books.delete(oldest); // Its pages broke off: the store was away.
  }

  return Object.freeze({
    take({ book, number, rows, isLast }: PricePage) {
      if (number === 0 && !books.has(book)) begin(book);
      const found = books.get(book);
      if (found?.pages !== number) return null;
      found.prices.add(rows);
      found.pages += 1;
      if (!isLast) return null;
      books.delete(book);
      if (book < inForce) return null; // Begun earlier, it was read from an older store.
      inForce = book;
      return found.prices;
    },
  });
}
