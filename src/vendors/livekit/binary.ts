import { withHeaders } from '../shared/requests.ts';
import type { BackwardTranslation, Translation, TranslationAdapter } from '../translation.ts';
import type { Operation, WireRequest } from '../wire.ts';
import { MESSAGES } from './messages.ts';

const BINARY = 'application/protobuf';
const BINARY_TYPE = /^\s*application\/protobuf\s*(?:;|$)/i;
/** Largest body that is translated, in bytes; requests are far smaller. */
const LARGEST = 256 * 1024;
/** Bounded as a field of two bytes can become an object of hundreds of bytes, each taking microseconds to make. */
const MOST_FIELDS = 20_000;

/** A message of the vendor's library (protobuf-es), as far as it is used here. */
interface Message {
  getType(): MessageType;
  toBinary(): Uint8Array;
  toJsonString(): string;
}

/** A reader of a message and of all messages nested in it. */
interface Reader {
  tag(): readonly [field: number, wireType: number];
  int32(): number;
  /** Called for fields that the message does not have. */
  skip(wireType: number, field: number): Uint8Array;
}

interface ReadOptions {
  readonly readerFactory: (bytes: Uint8Array) => Reader;
}

interface MessageType {
  readonly fields: { byMember(): readonly { readonly kind: string; readonly localName: string }[] };
  readonly runtime: { readonly bin: { makeReadOptions(): ReadOptions } };
  fromBinary(bytes: Uint8Array, options: ReadOptions): Message;
  fromJsonString(text: string, options: { readonly ignoreUnknownFields: boolean }): Message;
}

/**
 * Binary protobuf, which the vendor's SDKs for Python, Go, Java and Rust send. It is forwarded as JSON, so that the vendor reads
 * exactly what was judged. Binary can be ambiguous: repeated fields, messages in parts, two members of a `oneof`.
 */
export const translation: TranslationAdapter = {
  applies: ({ headers }) => BINARY_TYPE.test(headers['content-type'] ?? ''),
  async translate({ id }: Operation, request: WireRequest): Promise<Translation> {
    const types = await typesOf(id);
    if (types === null) return unread(`of ${id} is not known`);
    if (request.body.length > LARGEST) return unread(`is larger than ${LARGEST} bytes`);
    let text: string;
    try {
      text = toJson(types.request, request.body);
    } catch (error) {
      return unread(error instanceof Unread ? error.message : 'is damaged');
    }
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    return {
      kind: 'translated',
      request: withHeaders({ ...request, body: Buffer.from(text) }, headers),
      backward: backwardOf(types.answer),
    };
  },
};

function unread(what: string): Translation {
  return { kind: 'malformed', problem: `The binary protobuf ${what}. Send JSON (application/json).` };
}

function backwardOf(type: MessageType): BackwardTranslation {
  return {
    type: BINARY,
    answer(body) {
      try {
        const message = type.fromJsonString(body.toString('utf8'), { ignoreUnknownFields: true });
        leaveOutUnknown(message);
        return Buffer.from(message.toBinary());
      } catch {
        return null;
      }
    },
  };
}

/** Removes `oneof` members with an unknown enum value: the library reads them, but then cannot write the message. */
function leaveOutUnknown(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (isMessage(value))
    for (const { kind, localName } of value.getType().fields.byMember()) {
      const choice: unknown = kind === 'oneof' ? Reflect.get(value, localName) : null;
      if (isWithoutValue(choice)) Reflect.set(value, localName, { case: undefined });
    }
  for (const inner of Object.values(value)) leaveOutUnknown(inner);
}

function isMessage(value: object): value is Message {
  return 'getType' in value && typeof value.getType === 'function';
}

function isWithoutValue(choice: unknown): boolean {
  return typeof choice === 'object' && choice !== null && (choice as { value?: unknown }).value === undefined;
}

/** Thrown for a body that cannot be translated; the message says why. */
class Unread extends Error {}

/** Throws for what is no such message, has too many fields, or an unknown one, of which nobody could tell what it does and costs. */
function toJson(type: MessageType, body: Buffer): string {
  const readerFactory = (bytes: Uint8Array): Reader => strictReader(type, bytes);
  return type.fromBinary(body, { readerFactory }).toJsonString();
}

/** The library's reader, changed to throw as soon as it meets what we refuse. */
function strictReader(type: MessageType, bytes: Uint8Array): Reader {
  const reader = type.runtime.bin.makeReadOptions().readerFactory(bytes);
  let count = 0;
  const counted =
    <T>(read: () => T) =>
    (): T => {
      if (++count > MOST_FIELDS) throw new Unread(`has more than ${MOST_FIELDS} fields`);
      return read.call(reader);
    };
  const skip = (_wireType: number, field: number): never => {
    throw new Unread(`has a field that is not known, number ${field}; its SDK may be newer than the gateway`);
  };
  // A packed list of enum values is one field, but each of its values becomes a text.
  return Object.assign(reader, { tag: counted(reader.tag), int32: counted(reader.int32), skip });
}

interface Types {
  readonly request: MessageType;
  readonly answer: MessageType;
}

/** Types of a call's messages; null for a call that is not in the published messages. Loads the library, 20 MB, on first use. */
async function typesOf(id: string): Promise<Types | null> {
  const names = Object.hasOwn(MESSAGES, id) ? MESSAGES[id] : undefined;
  if (names === undefined) return null;
  const library = (await import('@livekit/protocol')) as unknown as Readonly<Record<string, MessageType>>;
  const [request, answer] = [library[names[0]], library[names[1]]];
  return request === undefined || answer === undefined ? null : { request, answer };
}
