import { Unreadable } from './reading.ts';

/** An element of a document, in document order; `text` is the text directly inside it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
  /** True when its text is one piece without a comment or element beside it, so that every parser reads the same text. */
  readonly isWhole: boolean;
  readonly parent: string | null;
}

/** Longest document, in characters; vendors accept less. */
const MAX_LENGTH = 16_384;
const MAX_ELEMENTS = 500;
const MAX_DEPTH = 16;
/** The XML declaration, if it names no encoding but UTF-8: in another one, another parser could see other elements. */
const DECLARATION =
  /<\?xml\s+version\s*=\s*["']1\.0["'](?:\s+encoding\s*=\s*["']utf-?8["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>/iy;
const OPEN = /<([A-Za-z][\w:.-]{0,63})((?:\s+[\w:.-]{1,64}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const CLOSE = /<\/([A-Za-z][\w:.-]{0,63})\s*>/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly index: number;
  text: string;
  pieces: number;
}

/**
 * Reads a small XML document: elements, attributes, text, CDATA, comments, the five named entities and character
 * references. Anything else (DOCTYPE, processing instructions after the declaration, foreign entities, elements that
 * do not nest) is refused, because another parser could see another document. Throws `Unreadable`, which names the
 * parameter.
 */
export function readXml(text: string, name: string): readonly XmlElement[] {
  try {
    return elementsOf(text);
  } catch (error) {
    if (error instanceof Broken) throw new Unreadable(`\`${name}\` cannot be read: it is ${error.message}.`);
    throw error;
  }
}

/** Thrown for a document that is refused. The message completes the sentence "it is …". */
class Broken extends Error {
  override readonly name = 'Broken';
}

function elementsOf(text: string): readonly XmlElement[] {
  if (text.length > MAX_LENGTH) throw new Broken(`longer than ${MAX_LENGTH} characters`);
  const elements: XmlElement[] = [];
  const stack: OpenElement[] = [];
  let at = skipDeclaration(text);
  while (at < text.length) {
    const next = text.indexOf('<', at);
    addText(stack.at(-1), text.slice(at, next < 0 ? text.length : next), decodeText);
    if (next < 0) break;
    at = readMarkup(text, next, { stack, elements });
  }
  if (stack.length > 0 || elements.length === 0) throw new Broken('not one complete element');
  return elements;
}

interface State {
  readonly stack: OpenElement[];
  readonly elements: XmlElement[];
}

/** Reads what begins with `<`; returns where to go on. */
function readMarkup(text: string, at: number, state: State): number {
  if (text.startsWith('<!--', at)) {
    const around = state.stack.at(-1);
    if (around !== undefined) around.pieces += 1;
    return after(text, '-->', at + 4);
  }
  if (text.startsWith('<![CDATA[', at)) {
    const end = after(text, ']]>', at + 9);
    addText(state.stack.at(-1), text.slice(at + 9, end - 3), (plain) => plain);
    return end;
  }
  CLOSE.lastIndex = at;
  const close = CLOSE.exec(text);
  if (close !== null) {
    finish(state, close[1] ?? '');
    return CLOSE.lastIndex;
  }
  OPEN.lastIndex = at;
  const open = OPEN.exec(text);
  if (open === null) throw new Broken('not plain XML');
  begin(state, open[1] ?? '', open[2] ?? '');
  if (open[3] === '/') finish(state, open[1] ?? '');
  return OPEN.lastIndex;
}

function begin({ stack, elements }: State, name: string, attributes: string): void {
  if (stack.length === 0 && elements.length > 0) throw new Broken('more than one root element');
  if (stack.length === MAX_DEPTH || elements.length === MAX_ELEMENTS)
    throw new Broken('too deep or too large');
  const element = {
    name,
    attributes: readAttributes(attributes),
    text: '',
    isWhole: true,
    parent: stack.at(-1)?.name ?? null,
  };
  stack.push({ ...element, index: elements.length, pieces: 0 });
  elements.push(element);
}

function finish({ stack, elements }: State, name: string): void {
  const element = stack.pop();
  if (element?.name !== name) throw new Broken('elements that do not nest');
  const { attributes, index, pieces } = element;
  const text = element.text.trim();
  const parent = stack.at(-1)?.name ?? null;
  elements[index] = { name, attributes, text, isWhole: text === '' || pieces === 1, parent };
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE)) {
    if (attributes.has(name)) throw new Broken('an attribute given twice');
    attributes.set(name, decodeText(double ?? single ?? ''));
  }
  return attributes;
}

function addText(element: OpenElement | undefined, text: string, decode: (text: string) => string): void {
  if (element !== undefined) {
    element.text += decode(text);
    if (text.trim() !== '') element.pieces += 1;
  } else if (text.trim() !== '') throw new Broken('text outside the root element');
}

function decodeText(text: string): string {
  if (!text.includes('&')) return text;
  if (text.replace(ENTITY, '').includes('&')) throw new Broken('an entity that is not known');
  return text.replace(ENTITY, (_whole, decimal: string, hex: string, name: string) => {
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    const character = name === undefined ? codePoint(point) : NAMED.get(name);
    if (character === undefined) throw new Broken('an entity that is not known');
    return character;
  });
}

function codePoint(point: number): string | undefined {
  return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
    ? String.fromCodePoint(point)
    : undefined;
}

function skipDeclaration(text: string): number {
  const start = /^\uFEFF?\s*/.exec(text)?.[0].length ?? 0;
  if (!text.startsWith('<?', start)) return start;
  DECLARATION.lastIndex = start;
  if (!DECLARATION.test(text)) throw new Broken('not XML 1.0 in UTF-8');
  return DECLARATION.lastIndex;
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  if (found < 0) throw new Broken('not closed');
  return found + end.length;
}
