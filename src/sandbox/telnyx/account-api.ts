import { micros } from '../../kernel/money.ts';
import { decimalText } from '../amounts.ts';
import type { PhoneCall } from '../calls.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import { readForm, readJson, text } from '../fields.ts';
import type { Recording } from '../recordings.ts';
import type { Route } from '../router.ts';
import type { Verification } from '../verifications.ts';
import {
  createdFilter,
  createdSpan,
  invalid,
  isoTime,
  listPage,
  OPENING_BALANCE,
  type TelnyxMessage,
  type TelnyxServices,
  type TelnyxState,
} from './state.ts';

const API = 'api.telnyx.com';

/** Balance, detail records and managed accounts. */
export function accountRoutes(services: TelnyxServices): readonly Route<TelnyxState>[] {
  const { world } = services;
  return [
    [
      'GET',
      API,
      '/v2/balance',
      ({ account }) => {
        const balance = decimalText(micros(OPENING_BALANCE - world.bill.charged(account)), 4);
        const data = {
          record_type: 'balance',
          balance,
          available_credit: balance,
          credit_limit: '0.0000',
          pending: '0.0000',
          currency: account.currency,
        };
        return json(200, { data });
      },
    ],
    ['GET', API, '/v2/detail_records', (state, exchange) => detailRecords(services, state, exchange)],
    [
      'POST',
      API,
      '/v2/managed_accounts',
      ({ account }, exchange) => {
        const { state, apiKey } = services.open({ currency: account.currency });
        return json(200, {
          data: {
            id: state.account.id,
            record_type: 'managed_account',
            organization_name: text(readJson(exchange) ?? {}, 'business_name') ?? '',
            manager_account_id: account.id,
            api_user: state.account.id,
            api_key: apiKey,
            api_token: world.ids.alphanumeric(32),
            created_at: isoTime(world.now()),
          },
        });
      },
    ],
  ];
}

interface Rated {
  readonly id: string;
  readonly createdAt: number;
}

/** Rated records; `filter[record_type]` chooses the kind. Newest first, unless `sort=created_at`. */
function detailRecords({ world }: TelnyxServices, state: TelnyxState, exchange: Exchange): Reply {
  const fields = readForm(exchange.query);
  const now = world.now();
  const inTime = createdFilter(fields, now);
  const ids = ['uuid', 'id', 'call_leg_id'].flatMap((name) => fields.get(`filter[${name}]`) ?? []);
  const oldestFirst = fields.get('sort') === 'created_at';
  const page = <T extends Rated>(
    items: readonly T[],
    idOf: (item: T) => string,
    view: (item: T) => unknown,
  ) => {
    const wanted = items.filter(
      (item) => inTime(item.createdAt) && (ids.length === 0 || ids.includes(idOf(item))),
    );
    return listPage(exchange, oldestFirst ? wanted : wanted.toReversed(), view);
  };
  const idOf = ({ id }: Rated) => id;
  switch (fields.get('filter[record_type]')) {
    case 'messaging': {
      const { since, until } = createdSpan(fields);
      const made = state.messages.within(since, until, ({ createdAt }) => createdAt);
      const sent = made.filter(({ canceled }) => !canceled);
      return page(sent, idOf, (message) => messageRecord(state, message, now));
    }
    case 'call-control':
    case 'sip-trunking': {
      const ended = state.calls.all().filter(({ price }) => price !== null);
      return page(ended, legId, (call) => callRecord(state, call));
    }
    case 'recording':
      return page(world.recordings.of(state.account).all(), idOf, (one) => recordingRecord(state, one));
    case 'verify':
      return page(world.verifications.of(state.account).all(), idOf, (one) =>
        verifyRecord(state, world.verifications.refresh(one)),
      );
    default:
      return invalid('filter[record_type]', 'The record type is missing or not supported');
  }
}

const legId = (call: PhoneCall): string => call.detail['leg'] ?? call.id;

function messageRecord({ account }: TelnyxState, message: TelnyxMessage, now: number): unknown {
  const { id, from, to, parts, price, kind, createdAt, sentAt, deliveredAt, outcome } = message;
  const final = outcome === 'delivered' ? 'delivered' : 'failed';
  return {
    record_type: 'message_detail_record',
    uuid: id,
    user_id: account.id,
    cli: from,
    cld: to,
    direction: 'outbound',
    message_type: kind,
    parts,
    cost: decimalText(price, 4),
    rate: decimalText(micros(price / parts), 4),
    currency: account.currency,
    carrier_fee: '0.0000',
    status: now < deliveredAt ? 'received' : final,
    created_at: isoTime(createdAt),
    sent_at: isoTime(sentAt),
    completed_at: now < deliveredAt ? null : isoTime(deliveredAt),
    updated_at: isoTime(Math.min(now, deliveredAt)),
  };
}

function callRecord({ account }: TelnyxState, call: PhoneCall): unknown {
  return {
    record_type: 'call-control',
    id: call.id,
    call_leg_id: legId(call),
    call_session_id: (call.parent ?? call).detail['session'],
    user_id: account.id,
    cli: call.from,
    cld: call.to,
    direction: call.direction === 'inbound' ? 'inbound' : 'outbound',
    call_sec: call.duration,
    billed_sec: Math.ceil(call.duration / 60) * 60,
    cost: decimalText(call.price ?? micros(0), 4),
    rate: decimalText(call.rate, 4),
    rate_measured_in: 'minutes',
    currency: account.currency,
    started_at: isoTime(call.answeredAt ?? call.createdAt),
    finished_at: isoTime(call.endedAt ?? call.createdAt),
    created_at: isoTime(call.createdAt),
  };
}

function recordingRecord({ account, calls }: TelnyxState, recording: Recording): unknown {
  const call = calls.get(recording.callId);
  return {
    record_type: 'recording',
    id: recording.id,
    call_leg_id: call === undefined ? null : legId(call),
    cost: decimalText(recording.price, 4),
    currency: account.currency,
    duration_sec: recording.seconds,
    created_at: isoTime(recording.createdAt),
  };
}

function verifyRecord({ account }: TelnyxState, verification: Verification): unknown {
  const { id, to, channel, service, status, createdAt, updatedAt } = verification;
  const price = decimalText(verification.charged, 4);
  return {
    record_type: 'verify_detail_record',
    id,
    destination_phone_number: to,
    verify_channel_type: channel,
    verify_profile_id: service,
    verification_status: status,
    verify_usage_fee: price,
    cost: price,
    rate: price,
    rate_measured_in: 'verification',
    currency: account.currency,
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
  };
}
