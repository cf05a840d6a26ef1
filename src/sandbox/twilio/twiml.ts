import type { ScriptStep } from '../calls.ts';

/** One element of a TwiML document. */
interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z][\w.-]*)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([A-Za-z_][\w.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const LARGEST = 64 * 1024;

/** How long things take: a second speaks 15 characters; a sound lasts 5 s. */
const SPOKEN_CHARACTERS = 15;
const SOUND_SECONDS = 5;
const CONFERENCE_SECONDS = 60;

/** Reads a TwiML document into steps. Null: it is no TwiML. Verbs that cost nothing and take no time are skipped. */
export function readTwiml(document: string): ScriptStep[] | null {
  const root = document.length > LARGEST ? null : parse(document);
  if (root === null || root.name !== 'Response') return null;
  return root.children.flatMap(stepsOf);
}

function stepsOf(verb: Element): ScriptStep[] {
  const { name, attributes, children } = verb;
  switch (name) {
    case 'Say':
      return [wait(Math.ceil(verb.text.trim().length / SPOKEN_CHARACTERS) * loops(attributes))];
    case 'Play':
      return [wait(SOUND_SECONDS * loops(attributes))];
    case 'Pause':
      return [wait(seconds(attributes['length'], 1))];
    case 'Record':
      return [recordStep(attributes)];
    case 'Gather':
      return [...children.flatMap(stepsOf), wait(seconds(attributes['timeout'], 5))];
    case 'Enqueue':
      return [wait(CONFERENCE_SECONDS)];
    case 'Dial':
      return dialSteps(verb);
    case 'Redirect':
      return [{ kind: 'redirect', url: verb.text.trim(), method: attributes['method'] ?? 'POST' }];
    case 'Sms':
    case 'Message':
      return [{ kind: 'message', to: attributes['to'] ?? null, text: bodyOf(verb) }];
    case 'Hangup':
    case 'Reject':
      return [{ kind: 'hangup' }];
    default:
      return [];
  }
}

function dialSteps({ attributes, children, text }: Element): ScriptStep[] {
  if (children.some(({ name }) => name === 'Conference' || name === 'Queue'))
    return [wait(CONFERENCE_SECONDS)];
  const nested = children
    .filter(({ name }) => name === 'Number' || name === 'Sip' || name === 'Client')
    .map((child) => (child.name === 'Client' ? `client:${child.text.trim()}` : child.text.trim()));
  const targets = nested.length > 0 ? nested : [text.trim()].filter((target) => target !== '');
  if (targets.length === 0) return [];
  const limit = attributes['timeLimit'];
  return [
    {
      kind: 'dial',
      targets,
      from: attributes['callerId'] ?? null,
      timeoutSeconds: seconds(attributes['timeout'], 30),
      limitSeconds: limit === undefined ? null : seconds(limit, 14_400),
    },
  ];
}

/** Nobody speaks in the sandbox: a recording ends after its silence timeout. */
function recordStep(attributes: Readonly<Record<string, string>>): ScriptStep {
  const silence = seconds(attributes['timeout'], 5);
  const longest = seconds(attributes['maxLength'], 3600);
  const callback = attributes['recordingStatusCallback'] ?? null;
  return { kind: 'record', seconds: Math.max(1, Math.min(silence, longest)), callback };
}

const wait = (duration: number): ScriptStep => ({ kind: 'wait', seconds: duration });

function seconds(text: string | undefined, fallback: number): number {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? fallback : Math.min(14_400, Math.max(0, value));
}

/** `loop="0"` means until the caller hangs up. */
function loops({ loop }: Readonly<Record<string, string>>): number {
  const count = seconds(loop, 1);
  return count === 0 ? 1000 : count;
}

function bodyOf({ text, children }: Element): string {
  return (children.find(({ name }) => name === 'Body')?.text ?? text).trim();
}

/** Null when the elements are not nested properly. */
function parse(document: string): Element | null {
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  for (const [, cdata, slash, name, attributes, closed, characters] of document.matchAll(TOKEN)) {
    const current = open[open.length - 1] as Element;
    if (name === undefined) current.text += cdata ?? unescape(characters ?? '');
    else if (slash === '/') {
      if (open.length === 1 || current.name !== name) return null;
      open.pop();
    } else {
      const element = { name, attributes: readAttributes(attributes ?? ''), children: [], text: '' };
      current.children.push(element);
      if (closed !== '/') open.push(element);
    }
  }
  return open.length === 1 ? (top.children[0] ?? null) : null;
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE))
    attributes[name] = unescape(double ?? single ?? '');
  return attributes;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescape(text: string): string {
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_whole, name: string) => ENTITIES[name] ?? '');
}
