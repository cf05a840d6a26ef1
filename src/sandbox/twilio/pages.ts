import { json, type Exchange, type Reply } from '../core.ts';
import { readForm, wholeNumber, type Fields } from '../fields.ts';
import type { Log, Page } from '../log.ts';
import { twilioError } from './errors.ts';

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 1000;

export interface Listing<T> {
  readonly log: Log<T>;
  /** Name of the array in the answer. */
  readonly key: string;
  readonly view: (item: T) => unknown;
  readonly accept?: ((item: T) => boolean) | undefined;
}

interface Paged<T> extends Page<T> {
  readonly size: number;
  readonly number: number;
  readonly fields: Fields;
}

/** A list of the 2010 API, whose links are relative to the host. */
export function list2010<T>(exchange: Exchange, listing: Listing<T>): Reply {
  const paged = readPage(exchange, listing);
  if (paged === null) return twilioError(400, 20007);
  const { items, next, size, number } = paged;
  const link = (page: number, cursor: string | null) => exchange.path + pageQuery(paged, page, cursor);
  return json(200, {
    [listing.key]: items.map(listing.view),
    first_page_uri: link(0, null),
    next_page_uri: next === null ? null : link(number + 1, next),
    previous_page_uri: null,
    page: number,
    page_size: size,
    start: number * size,
    end: number * size + Math.max(0, items.length - 1),
    uri: link(number, null),
  });
}

/** A list of the newer APIs, whose links are absolute. */
export function listMeta<T>(exchange: Exchange, listing: Listing<T>): Reply {
  const paged = readPage(exchange, listing);
  if (paged === null) return twilioError(400, 20007);
  const { items, next, size, number } = paged;
  const link = (page: number, cursor: string | null) =>
    exchange.origin + exchange.path + pageQuery(paged, page, cursor);
  return json(200, {
    [listing.key]: items.map(listing.view),
    meta: {
      page: number,
      page_size: size,
      first_page_url: link(0, null),
      previous_page_url: null,
      url: link(number, null),
      next_page_url: next === null ? null : link(number + 1, next),
      key: listing.key,
    },
  });
}

/** Null: more items were asked for than a page may have. */
function readPage<T>(exchange: Exchange, { log, accept }: Listing<T>): Paged<T> | null {
  const fields = readForm(exchange.query);
  const asked = Number(fields.get('PageSize') ?? DEFAULT_SIZE);
  if (asked > LARGEST_SIZE) return null;
  const size = wholeNumber(fields.get('PageSize'), DEFAULT_SIZE, 1, LARGEST_SIZE);
  const cursor = fields.get('PageToken')?.replace(/^PA/, '') ?? null;
  const page = log.page({ limit: size, cursor, ...(accept === undefined ? {} : { accept }) });
  return { ...page, size, number: wholeNumber(fields.get('Page'), 0, 0, 1e9), fields };
}

function pageQuery({ fields, size }: Paged<unknown>, page: number, cursor: string | null): string {
  const kept = fields
    .names()
    .filter((name) => !['Page', 'PageSize', 'PageToken'].includes(name))
    .flatMap((name) => fields.all(name).map((value) => [name, value]));
  const all = [...kept, ['PageSize', String(size)], ['Page', String(page)]];
  if (cursor !== null) all.push(['PageToken', `PA${cursor}`]);
  return `?${all.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}`;
}
