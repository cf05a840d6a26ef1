import type { Micros } from '../kernel/money.ts';
import { timedAmount } from './amounts.ts';
import type { Bill } from './bill.ts';
import type { PhoneCall } from './calls.ts';
import { itemLimit, type Account, type Settings } from './core.ts';
import { logFor, type Log } from './log.ts';
import type { PriceBook } from './prices.ts';

export interface Recording {
  readonly id: string;
  readonly account: Account;
  readonly callId: string;
  readonly createdAt: number;
  readonly seconds: number;
  readonly price: Micros;
  readonly pricedAt: number;
}

export interface RecordingSources {
  readonly now: () => number;
  readonly settings: Settings;
  readonly prices: PriceBook;
  readonly bill: Bill;
}

export interface Recordings {
  /** Keeps and charges a recording of a call, by started minute. */
  add(id: string, call: PhoneCall, seconds: number): Recording;
  of(account: Account): Log<Recording>;
  /** The sound: a WAV header and a repeating tone. */
  media(recording: Recording): Repeated;
}

/** A body that is generated while it is sent, so that large media cost no memory. */
export interface Repeated {
  readonly length: number;
  readonly head: Buffer;
  readonly pattern: Buffer;
}

const HEADER_BYTES = 44;
const PATTERN_BYTES = 65_536;

export function createRecordings({ now, settings, prices, bill }: RecordingSources): Recordings {
  const logs = new Map<number, Log<Recording>>();
  const pattern = Buffer.alloc(PATTERN_BYTES);
  for (let index = 0; index < PATTERN_BYTES; index++) pattern[index] = (index * 31) & 0xff;

  function of(account: Account): Log<Recording> {
    return logFor(
      logs,
      account.index,
      ({ id }) => id,
      () => itemLimit(settings),
    );
  }

  return Object.freeze({
    of,
    add(id: string, { account, id: callId }: PhoneCall, seconds: number) {
      const at = now();
      const price = timedAmount(prices.price(account.vendor, 'call.recording', null), seconds);
      const pricedAt = at + settings.pricedAfter;
      const terms = { item: 'call.recording', to: null, units: Math.ceil(seconds / 60), amount: price };
      bill.charge({ account, resource: id, ...terms, at, finalAt: pricedAt });
      const recording = { id, account, callId, createdAt: at, seconds, price, pricedAt };
      of(account).add(recording);
      return recording;
    },
    media({ seconds }: Recording) {
      const bytes = Math.max(1, Math.ceil(seconds)) * settings.recordingBytesPerSecond;
      return { length: HEADER_BYTES + bytes, head: waveHeader(bytes, settings), pattern };
    },
  });
}

/** RIFF header: mono, 16 bit, at the rate that gives the configured bytes a second. */
function waveHeader(bytes: number, { recordingBytesPerSecond }: Settings): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(Math.min(36 + bytes, 0xffffffff), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(Math.floor(recordingBytesPerSecond / 2), 24);
  header.writeUInt32LE(recordingBytesPerSecond, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(Math.min(bytes, 0xffffffff), 40);
  return header;
}
