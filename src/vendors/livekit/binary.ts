import { withHeaders } from '../shared/requests.ts';
import type { BackwardTranslation, Translation, TranslationAdapter } from '../translation.ts';
import type { Operation, WireRequest } from '../wire.ts';
import { MESSAGES } from './messages.ts';

const BINARY = 'application/protobuf';
const BINARY_TYPE = /^\s*application\/protobuf\s*(?:;|$)/i;
/** Requests are small; a message of two bytes may be an object of hundreds. */
const LARGEST = 256 * 1024;

/** A message of the vendor's library (protobuf-es), as far as it is used here. */
interface Message {
  toBinary(options?: { readonly writeUnknownFields: boolean }): Uint8Array;
  toJsonString(): string;
}

interface MessageType {
  fromBinary(bytes: Uint8Array): Message;
  fromJsonString(text: string, options: { readonly ignoreUnknownFields: boolean }): Message;
}

/**
 * Binary protobuf, which the vendor's SDKs for Python, Go, Java and Rust send. It goes to the vendor as JSON, so that what was
 * judged is what the vendor reads: of a field that stands twice, of a message in parts, of two choices where one counts.
 */
export const translation: TranslationAdapter = {
  applies: ({ headers }) => BINARY_TYPE.test(headers['content-type'] ?? ''),
  async translate({ id }: Operation, request: WireRequest): Promise<Translation> {
    const types = await typesOf(id);
    if (types === null) return unread(`of ${id} is not known`);
    if (request.body.length > LARGEST) return unread(`is larger than ${LARGEST} bytes`);
    const text = toJson(types.request, request.body);
    if (text === null) return unread('is damaged, or has fields that are not known');
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
        return Buffer.from(message.toBinary());
      } catch {
        return null;
      }
    },
  };
}

/** Null for what is no such message, and for one with a field that is not known: nobody could tell what it does and costs. */
function toJson(type: MessageType, body: Buffer): string | null {
  try {
    const message = type.fromBinary(body);
    const known = message.toBinary({ writeUnknownFields: false }).length;
    return message.toBinary().length === known ? message.toJsonString() : null;
  } catch {
    return null;
  }
}

interface Types {
  readonly request: MessageType;
  readonly answer: MessageType;
}

/** The library takes 20 MB, so it is loaded when the first body needs it. Null for a call that it does not hold. */
async function typesOf(id: string): Promise<Types | null> {
  const names = Object.hasOwn(MESSAGES, id) ? MESSAGES[id] : undefined;
  if (names === undefined) return null;
  const library = (await import('@livekit/protocol')) as unknown as Readonly<Record<string, MessageType>>;
  const [request, answer] = [library[names[0]], library[names[1]]];
  return request === undefined || answer === undefined ? null : { request, answer };
}
