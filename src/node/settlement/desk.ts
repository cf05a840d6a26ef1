import type { OpenAccount } from '../../vendors/custody-adapter.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { WireRequest, WireResponse } from '../../vendors/wire.ts';

export interface SettlementAccount {
  readonly vendor: Vendor;
  readonly open: OpenAccount;
  readonly upstream: string | null;
}

/** The way to ask one account's vendor during one round. */
export interface Desk {
  readonly vendor: Vendor;
  /** Public fields of the account. */
  readonly fields: OpenAccount['fields'];
  /** False once the vendor has failed or throttled: it is left alone until the next round. */
  isOpen(): boolean;
  /** Milliseconds by which the vendor's clock was ahead of ours in its last answer; 0 while it has not told. */
  clockAhead(): number;
  /** The vendor's answer; null when there is none, or when the desk is closed. */
  ask(request: WireRequest): Promise<WireResponse | null>;
}

export interface DeskOptions {
  readonly account: (id: string) => Promise<SettlementAccount | null>;
  readonly send: (request: WireRequest, upstream: string | null) => Promise<WireResponse>;
  /** Wall ms. */
  readonly now: () => number;
}

const THROTTLED = 429;

/** Opens each account once a round, however many of its rows are due. Null for an account that is gone. */
export function createDesks(options: DeskOptions): (account: string) => Promise<Desk | null> {
  const desks = new Map<string, Promise<Desk | null>>();
  return (id) => {
    const known = desks.get(id);
    if (known !== undefined) return known;
    const opened = openDesk(options, id);
    desks.set(id, opened);
    return opened;
  };
}

async function openDesk({ account: find, send, now }: DeskOptions, id: string): Promise<Desk | null> {
  const account = await find(id);
  if (account === null) return null;
  const { vendor, open, upstream } = account;
  let isOpen = true;
  let ahead = 0;
  return {
    vendor,
    fields: open.fields,
    isOpen: () => isOpen,
    clockAhead: () => ahead,
    async ask(request) {
      if (!isOpen) return null;
      try {
        const asked = now();
        const response = await send(vendor.custody.authorize(request, open, asked), upstream);
        const stated = Date.parse(response.headers['date'] ?? '');
        if (!Number.isNaN(stated)) ahead = differenceFrom(stated, asked, now());
        if (response.status === THROTTLED || response.status >= 500) isOpen = false;
        return response;
      } catch {
        isOpen = false;
        return null;
      }
    },
  };
}

/** The vendor may have stated its time at any moment between question and answer. */
function differenceFrom(stated: number, asked: number, answered: number): number {
  return stated > answered ? stated - answered : Math.min(0, stated - asked);
}
