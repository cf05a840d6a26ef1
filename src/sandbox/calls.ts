import { ZERO, type Micros } from '../kernel/money.ts';
import { timedAmount } from './amounts.ts';
import type { Account, Settings } from './core.ts';
import type { Bill } from './bill.ts';
import type { Outcomes } from './outcomes.ts';
import type { PriceBook } from './prices.ts';
import type { Timeline } from './timeline.ts';

/** One instruction of a call script, whatever language the customer wrote it in. */
export type ScriptStep =
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'record'; readonly seconds: number; readonly callback: string | null }
  | {
      readonly kind: 'dial';
      /** Ring together; the first that answers gets the call. */
      readonly targets: readonly string[];
      readonly from: string | null;
      readonly timeoutSeconds: number;
      readonly limitSeconds: number | null;
    }
  | { readonly kind: 'message'; readonly to: string | null; readonly text: string }
  | { readonly kind: 'redirect'; readonly url: string; readonly method: string }
  | { readonly kind: 'hangup' };

/** Gives the steps of a call; null when they cannot be had, which ends the call. */
export type ScriptSource = (call: PhoneCall) => Promise<readonly ScriptStep[] | null>;

export type CallStatus =
  | 'queued'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'failed'
  | 'no-answer'
  | 'canceled';

export interface PhoneCall {
  readonly id: string;
  readonly account: Account;
  readonly from: string;
  readonly to: string;
  readonly direction: 'outbound-api' | 'outbound-dial' | 'inbound';
  readonly parent: PhoneCall | null;
  readonly children: PhoneCall[];
  readonly createdAt: number;
  readonly hooks: CallHooks;
  /** Free for the vendor module: resource fields that the engine does not need. */
  readonly detail: Readonly<Record<string, string>>;
  status: CallStatus;
  answeredAt: number | null;
  endedAt: number | null;
  /** Seconds that the call was connected, rounded up. */
  duration: number;
  limitSeconds: number;
  /** Null while the call runs or was never answered. */
  price: Micros | null;
  /** Price of a minute. */
  rate: Micros;
  pricedAt: number;
  /** Under which id the whole call is recorded; null: it is not. */
  recordingId: string | null;
}

export interface FinishedRecording {
  readonly id: string | null;
  readonly seconds: number;
  readonly callback: string | null;
}

export interface CallHooks {
  /** The call reached `ringing`, `in-progress` or an end. */
  changed(call: PhoneCall): void;
  /** A recording is complete; `id` is null when its id is still to be made. */
  recorded(call: PhoneCall, recording: FinishedRecording): void;
  /** A script sent a message. */
  message(call: PhoneCall, to: string | null, text: string): void;
  /** Fetches the steps behind a URL of the customer. */
  load(call: PhoneCall, url: string, method: string): Promise<readonly ScriptStep[] | null>;
  newId(): string;
  /** A child leg was made. */
  opened(call: PhoneCall): void;
}

export interface CallRequest {
  readonly id: string;
  readonly account: Account;
  readonly from: string;
  readonly to: string;
  readonly direction: PhoneCall['direction'];
  readonly parent: PhoneCall | null;
  readonly script: ScriptSource;
  readonly hooks: CallHooks;
  readonly detail: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly limitSeconds: number;
  readonly recordingId: string | null;
}

export interface CallEngine {
  start(request: CallRequest): PhoneCall;
  /** Ends a call now: a ringing one is canceled, a live one completed. */
  hangUp(call: PhoneCall): void;
  /** A live call goes on with another script. */
  redirect(call: PhoneCall, script: ScriptSource): void;
  limit(call: PhoneCall, seconds: number): void;
}

export interface CallSources {
  readonly now: () => number;
  readonly settings: Settings;
  readonly timeline: Timeline;
  readonly prices: PriceBook;
  readonly bill: Bill;
  readonly outcomes: Outcomes;
}

/** Longest call of any vendor when the request sets no limit: four hours. */
export const LONGEST_CALL = 14_400;

/** Where a running call stands. Planned times are used throughout, so that late timers do not lengthen a call. */
interface Progress {
  script: ScriptSource;
  steps: ScriptStep[];
  cursor: number;
  cancelStep: () => void;
  cancelLimit: () => void;
  /** Counts redirects, so that a script that arrives late is ignored. */
  version: number;
  /** What the parent does once this leg is over. */
  after: ((endedAt: number) => void) | null;
}

/** A script that redirects to itself for ever ends the call. */
const MOST_SCRIPTS = 100;

const NOTHING = () => {};

export function createCallEngine(sources: CallSources): CallEngine {
  const { now, settings, timeline, outcomes } = sources;
  const running = new Map<PhoneCall, Progress>();

  function start(request: CallRequest): PhoneCall {
    return launch(request, now(), null);
  }

  function launch(request: CallRequest, at: number, after: Progress['after']): PhoneCall {
    const { script, timeoutSeconds, ...rest } = request;
    const call: PhoneCall = { ...rest, ...freshCall(at) };
    const progress = { script, steps: [], cursor: at, version: 0, after };
    running.set(call, { ...progress, cancelStep: NOTHING, cancelLimit: NOTHING });
    ring(call, timeoutSeconds);
    return call;
  }

  function ring(call: PhoneCall, timeoutSeconds: number): void {
    plan(call, cursorOf(call), () => {
      call.status = 'ringing';
      call.hooks.changed(call);
      const outcome = outcomes.of(call.to);
      const answers = call.direction === 'inbound' ? 0 : settings.ringFor;
      const patience = timeoutSeconds * 1000;
      if (outcome === 'failed') finish(call, cursorOf(call), 'failed');
      else if (outcome === 'busy')
        plan(call, cursorOf(call) + answers, () => finish(call, cursorOf(call), 'busy'));
      else if (outcome === 'no-answer' || answers > patience)
        plan(call, cursorOf(call) + patience, () => finish(call, cursorOf(call), 'no-answer'));
      else plan(call, cursorOf(call) + answers, () => answer(call));
    });
  }

  function answer(call: PhoneCall): void {
    const progress = running.get(call);
    if (progress === undefined) return;
    call.status = 'in-progress';
    call.answeredAt = progress.cursor;
    armLimit(call, progress);
    call.hooks.changed(call);
    void load(call, progress.script);
  }

  function armLimit(call: PhoneCall, progress: Progress): void {
    progress.cancelLimit();
    const end = limitTime(call);
    progress.cancelLimit = timeline.at(end, () => finish(call, end, 'completed'));
  }

  async function load(call: PhoneCall, script: ScriptSource): Promise<void> {
    const progress = running.get(call);
    if (progress === undefined) return;
    progress.version += 1;
    const version = progress.version;
    if (version > MOST_SCRIPTS) return finish(call, progress.cursor, 'completed');
    const steps = await script(call);
    if (running.get(call) !== progress || progress.version !== version) return;
    // Without instructions the caller hears an error message of a second.
    progress.steps = steps === null ? [{ kind: 'wait', seconds: 1 }] : [...steps];
    proceed(call);
  }

  function proceed(call: PhoneCall): void {
    const progress = running.get(call);
    if (progress === undefined) return;
    const step = progress.steps.shift();
    if (step === undefined || step.kind === 'hangup') return finish(call, progress.cursor, 'completed');
    if (step.kind === 'redirect')
      return void load(call, (current) => current.hooks.load(current, step.url, step.method));
    if (step.kind === 'dial') return dial(call, step);
    if (step.kind === 'message') call.hooks.message(call, step.to, step.text);
    const seconds = step.kind === 'message' ? 0 : step.seconds;
    plan(call, progress.cursor + seconds * 1000, () => {
      if (step.kind === 'record') call.hooks.recorded(call, { ...step, id: null });
      proceed(call);
    });
  }

  function dial(call: PhoneCall, step: ScriptStep & { kind: 'dial' }): void {
    const progress = running.get(call);
    const target = step.targets.find((one) => outcomes.of(one) === null) ?? step.targets[0];
    if (progress === undefined || target === undefined) return proceed(call);
    const room = (limitTime(call) - progress.cursor) / 1000;
    const child = launch(
      {
        id: call.hooks.newId(),
        account: call.account,
        from: step.from ?? call.from,
        to: target,
        direction: 'outbound-dial',
        parent: call,
        script: async () => [{ kind: 'wait', seconds: settings.talkSeconds }],
        hooks: call.hooks,
        detail: {},
        timeoutSeconds: step.timeoutSeconds,
        limitSeconds: Math.min(step.limitSeconds ?? LONGEST_CALL, Math.max(0, room)),
        recordingId: null,
      },
      progress.cursor,
      (endedAt) => {
        progress.cursor = Math.max(progress.cursor, endedAt);
        proceed(call);
      },
    );
    call.children.push(child);
    call.hooks.opened(child);
  }

  /** Runs `next` at a planned time, unless the call is over or was redirected before. */
  function plan(call: PhoneCall, at: number, next: () => void): void {
    const progress = running.get(call);
    if (progress === undefined) return;
    progress.cancelStep = timeline.at(at, () => {
      if (running.get(call) !== progress) return;
      progress.cursor = at;
      next();
    });
  }

  function finish(call: PhoneCall, at: number, status: CallStatus): void {
    const progress = running.get(call);
    if (progress === undefined) return;
    running.delete(call);
    progress.cancelStep();
    progress.cancelLimit();
    const end = call.answeredAt === null ? at : Math.min(Math.max(at, call.answeredAt), limitTime(call));
    for (const child of call.children)
      finish(child, end, child.answeredAt === null ? 'canceled' : 'completed');
    call.endedAt = end;
    call.status = status;
    if (call.answeredAt !== null) settle(call, end, sources);
    call.hooks.changed(call);
    progress.after?.(end);
  }

  const cursorOf = (call: PhoneCall): number => running.get(call)?.cursor ?? now();

  return Object.freeze({
    start,
    hangUp: (call: PhoneCall) => finish(call, now(), call.answeredAt === null ? 'canceled' : 'completed'),
    redirect(call: PhoneCall, script: ScriptSource) {
      const progress = running.get(call);
      if (progress === undefined) return;
      progress.cancelStep();
      progress.script = script;
      if (call.answeredAt === null) return plan(call, now() + settings.ringFor, () => answer(call));
      for (const child of call.children) {
        const leg = running.get(child);
        if (leg === undefined) continue;
        leg.after = null;
        finish(child, now(), child.answeredAt === null ? 'canceled' : 'completed');
      }
      progress.cursor = Math.min(now(), limitTime(call));
      void load(call, script);
    },
    limit(call: PhoneCall, seconds: number) {
      call.limitSeconds = seconds;
      const progress = running.get(call);
      if (progress !== undefined && call.answeredAt !== null) armLimit(call, progress);
    },
  });
}

function freshCall(at: number) {
  return {
    children: [],
    createdAt: at,
    status: 'queued' as const,
    answeredAt: null,
    endedAt: null,
    duration: 0,
    price: null,
    rate: ZERO,
    pricedAt: Number.POSITIVE_INFINITY,
  };
}

function limitTime(call: PhoneCall): number {
  return (call.answeredAt ?? call.createdAt) + Math.max(0, call.limitSeconds) * 1000;
}

/** Books the connected time by started minutes; a call that was recorded as a whole yields its recording. */
function settle(call: PhoneCall, end: number, { bill, prices, settings }: CallSources): void {
  const { account, to, id } = call;
  call.duration = Math.max(1, Math.ceil((end - (call.answeredAt ?? end)) / 1000));
  call.pricedAt = end + settings.pricedAfter;
  const item = callItem(call);
  const price = prices.price(account.vendor, item, to);
  const paid = call.direction !== 'inbound';
  call.rate = paid ? price.amount : ZERO;
  call.price = paid ? timedAmount(price, call.duration) : ZERO;
  if (call.price > 0) {
    const terms = { item, to, units: Math.ceil(call.duration / 60), amount: call.price };
    bill.charge({ account, resource: id, ...terms, at: end, finalAt: call.pricedAt });
  }
  const callback = call.detail['recordingCallback'] ?? null;
  const { recordingId, duration } = call;
  if (recordingId !== null) call.hooks.recorded(call, { id: recordingId, seconds: duration, callback });
}

function callItem({ to, parent }: PhoneCall): string {
  if (!to.startsWith('+')) return 'call.create/sip';
  return parent === null ? 'call.create/voice' : 'call.leg';
}
