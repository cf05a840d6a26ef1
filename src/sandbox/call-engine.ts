import { ZERO } from '../kernel/money.ts';
import {
  limitTime,
  LONGEST_CALL,
  settle,
  type CallEngine,
  type CallRequest,
  type CallSources,
  type CallStatus,
  type PhoneCall,
  type ScriptSource,
  type ScriptStep,
} from './calls.ts';

/** Where a running call stands. Planned times are used throughout, so that late timers do not lengthen a call. */
interface Progress {
  readonly call: PhoneCall;
  script: ScriptSource;
  steps: ScriptStep[];
  cursor: number;
  cancelStep: () => void;
  cancelLimit: () => void;
  /** Number of scripts so far. A script that was fetched for an earlier number arrives too late and is ignored. */
  version: number;
  /** What the parent does once this leg is over. */
  after: ((endedAt: number) => void) | null;
}

interface Engine {
  readonly sources: CallSources;
  readonly running: Map<PhoneCall, Progress>;
}

/** A script that redirects to itself for ever ends the call. */
const MOST_SCRIPTS = 100;

const nothing = (): void => {};

export function createCallEngine(sources: CallSources): CallEngine {
  const running = new Map<PhoneCall, Progress>();
  const engine = { sources, running };
  const { now } = sources;
  return Object.freeze({
    start: (request: CallRequest) => launch(engine, request, now(), null),
    hangUp(call: PhoneCall) {
      const progress = running.get(call);
      if (progress !== undefined) cutOff(engine, progress, now());
    },
    redirect(call: PhoneCall, script: ScriptSource) {
      const progress = running.get(call);
      if (progress !== undefined) redirect(engine, progress, script);
    },
    limit(call: PhoneCall, seconds: number) {
      call.limitSeconds = seconds;
      const progress = running.get(call);
      if (progress !== undefined && call.answeredAt !== null) armLimit(engine, progress);
    },
  });
}

function launch(engine: Engine, request: CallRequest, at: number, after: Progress['after']): PhoneCall {
  const { script, timeoutSeconds, ...rest } = request;
  const call: PhoneCall = {
    ...rest,
    children: [],
    createdAt: at,
    status: 'queued',
    answeredAt: null,
    endedAt: null,
    duration: 0,
    price: null,
    rate: ZERO,
    pricedAt: Number.POSITIVE_INFINITY,
  };
  const timers = { cancelStep: nothing, cancelLimit: nothing };
  const progress = { call, script, steps: [], cursor: at, version: 0, after, ...timers };
  engine.running.set(call, progress);
  plan(engine, progress, { at, next: () => ring(engine, progress, timeoutSeconds) });
  return call;
}

function ring(engine: Engine, progress: Progress, timeoutSeconds: number): void {
  const { call, cursor } = progress;
  const { outcomes, settings } = engine.sources;
  call.status = 'ringing';
  call.hooks.changed(call);
  const outcome = outcomes.of(call.to);
  const rings = call.direction === 'inbound' ? 0 : settings.ringFor;
  const patience = timeoutSeconds * 1000;
  const end = (status: CallStatus, at: number) =>
    plan(engine, progress, { at, next: () => finish(engine, progress, { at, status }) });
  if (outcome === 'failed') end('failed', cursor);
  else if (outcome === 'busy') end('busy', cursor + rings);
  else if (outcome === 'no-answer' || rings > patience) end('no-answer', cursor + patience);
  else plan(engine, progress, { at: cursor + rings, next: () => answer(engine, progress) });
}

function answer(engine: Engine, progress: Progress): void {
  const { call, script, cursor } = progress;
  call.status = 'in-progress';
  call.answeredAt = cursor;
  armLimit(engine, progress);
  call.hooks.changed(call);
  void load(engine, progress, script);
}

function armLimit(engine: Engine, progress: Progress): void {
  progress.cancelLimit();
  const at = limitTime(progress.call);
  const end = { at, status: 'completed' as const };
  progress.cancelLimit = engine.sources.timeline.at(at, () => finish(engine, progress, end));
}

async function load(engine: Engine, progress: Progress, script: ScriptSource): Promise<void> {
  const { call } = progress;
  progress.version += 1;
  const { version } = progress;
  if (version > MOST_SCRIPTS) return finish(engine, progress, { at: progress.cursor, status: 'completed' });
  const steps = await script(call);
  if (!engine.running.has(call) || progress.version !== version) return;
  // Without instructions the caller hears an error message of a second.
  progress.steps = steps === null ? [{ kind: 'wait', seconds: 1 }] : [...steps];
  proceed(engine, progress);
}

function proceed(engine: Engine, progress: Progress): void {
  const { call, cursor } = progress;
  if (!engine.running.has(call)) return;
  const step = progress.steps.shift();
  if (step === undefined || step.kind === 'hangup')
    return finish(engine, progress, { at: cursor, status: 'completed' });
  if (step.kind === 'redirect')
    return void load(engine, progress, () => call.hooks.load(call, step.url, step.method));
  if (step.kind === 'dial') return dial(engine, progress, step);
  if (step.kind === 'message') call.hooks.message(call, step.to, step.text);
  const seconds = step.kind === 'message' ? 0 : step.seconds;
  plan(engine, progress, {
    at: cursor + seconds * 1000,
    next() {
      if (step.kind === 'record') call.hooks.recorded(call, { ...step, id: null });
      proceed(engine, progress);
    },
  });
}

/** Starts a further leg; the script goes on when it is over. */
function dial(engine: Engine, progress: Progress, step: ScriptStep & { kind: 'dial' }): void {
  const { call, cursor } = progress;
  const { outcomes, settings } = engine.sources;
  const target = step.targets.find((one) => outcomes.of(one) === null) ?? step.targets[0];
  if (target === undefined) return proceed(engine, progress);
  const room = Math.max(0, (limitTime(call) - cursor) / 1000);
  const request: CallRequest = {
    id: call.hooks.newId(),
    account: call.account,
    from: step.from ?? call.from,
    to: target,
    direction: 'outbound-dial',
    parent: call,
    script: () => [{ kind: 'wait', seconds: settings.talkSeconds }],
    hooks: call.hooks,
    detail: {},
    timeoutSeconds: step.timeoutSeconds,
    limitSeconds: Math.min(step.limitSeconds ?? LONGEST_CALL, room),
    recordingId: null,
  };
  const child = launch(engine, request, cursor, (endedAt) => {
    progress.cursor = Math.max(progress.cursor, endedAt);
    proceed(engine, progress);
  });
  call.children.push(child);
  call.hooks.opened(child);
}

interface Planned {
  readonly at: number;
  readonly next: () => void;
}

/** Runs `next` at a planned time, unless the call is over or was redirected before. */
function plan({ sources, running }: Engine, progress: Progress, { at, next }: Planned): void {
  progress.cancelStep = sources.timeline.at(at, () => {
    if (!running.has(progress.call)) return;
    progress.cursor = at;
    next();
  });
}

interface Ending {
  readonly at: number;
  readonly status: CallStatus;
}

function finish(engine: Engine, progress: Progress, { at, status }: Ending): void {
  const { call } = progress;
  if (!engine.running.delete(call)) return;
  progress.cancelStep();
  progress.cancelLimit();
  const end = call.answeredAt === null ? at : Math.min(Math.max(at, call.answeredAt), limitTime(call));
  cutOffChildren(engine, call, end);
  call.endedAt = end;
  call.status = status;
  if (call.answeredAt !== null) settle(call, end, engine.sources);
  call.hooks.changed(call);
  progress.after?.(end);
}

/** Ends a call from outside its script: a ringing one is canceled. */
function cutOff(engine: Engine, progress: Progress, at: number): void {
  finish(engine, progress, { at, status: progress.call.answeredAt === null ? 'canceled' : 'completed' });
}

function cutOffChildren(engine: Engine, call: PhoneCall, at: number): void {
  for (const child of call.children) {
    const leg = engine.running.get(child);
    if (leg === undefined) continue;
    leg.after = null;
    cutOff(engine, leg, at);
  }
}

function redirect(engine: Engine, progress: Progress, script: ScriptSource): void {
  const { now, settings } = engine.sources;
  const { call } = progress;
  progress.cancelStep();
  progress.script = script;
  if (call.answeredAt === null)
    return plan(engine, progress, { at: now() + settings.ringFor, next: () => answer(engine, progress) });
  cutOffChildren(engine, call, now());
  progress.cursor = Math.min(now(), limitTime(call));
  void load(engine, progress, script);
}
