import { RingfenceError } from '../errors.ts';
import type { LineType, NumberingPlan, PhoneFacts } from './facts.ts';
import { HEADER_WORDS, MAGIC, type Names } from './layout.ts';

const PLUS = 0x2b;
const ZERO = 0x30;
/** E.164 has at most fifteen digits. */
const LONGEST = 16;

const NO_NUMBER: PhoneFacts = Object.freeze({
  country: null,
  lineType: 'unknown',
  premium: false,
  satellite: false,
  operator: null,
  valid: false,
});

/**
 * Reads the compiled numbering plans of the world (`numbering.bin`, made by `scripts/build-numbering.ts`).
 * Throws when the bytes are damaged; a look-up itself can then neither fail nor leave the tables.
 * A look-up walks two tables digit by digit and returns one of a fixed set of frozen objects.
 */
export function loadNumberingPlan(bytes: Uint8Array): NumberingPlan {
  const tables = readTables(bytes);
  const { classOf, nextState, operatorOf, nextNode } = tables;
  const operatorCount = tables.names.operators.length;
  const known = new Map<number, PhoneFacts>();
  return Object.freeze({
    facts(e164: string): PhoneFacts {
      const { length } = e164;
      if (length > LONGEST || e164.charCodeAt(0) !== PLUS) return NO_NUMBER;
      let state = 0;
      let node = 1;
      let operator = 0;
      for (let index = 1; index < length; index++) {
        const digit = e164.charCodeAt(index) - ZERO;
        if (digit < 0 || digit > 9) return NO_NUMBER;
        state = nextState[state * 10 + digit] as number;
        node = nextNode[node * 10 + digit] as number;
        operator = operatorOf[node] || operator;
      }
      const key = (classOf[state] as number) * operatorCount + operator;
      let facts = known.get(key);
      if (facts === undefined) known.set(key, (facts = describe(tables.names, key)));
      return facts;
    },
  });
}

function describe({ classes, operators, satelliteOperators }: Names, key: number): PhoneFacts {
  const operator = key % operators.length;
  const [country, type, valid, inSatelliteRange] = classes[
    Math.floor(key / operators.length)
  ] as Names['classes'][number];
  const satellite = inSatelliteRange || (valid && satelliteOperators.includes(operator));
  const lineType: LineType = valid && satellite ? 'satellite' : type;
  return Object.freeze({
    country,
    lineType,
    premium: type === 'premium' || type === 'shared-cost',
    satellite,
    operator: valid && operator !== 0 ? (operators[operator] as string) : null,
    valid,
  });
}

interface Tables {
  readonly classOf: Uint16Array;
  readonly nextState: Uint16Array;
  readonly operatorOf: Uint16Array;
  readonly nextNode: Uint16Array;
  readonly names: Names;
}

function readTables(bytes: Uint8Array): Tables {
  // Typed arrays need an aligned start. The given bytes may lie anywhere in a buffer pool; a copy is always aligned.
  const { buffer } = new Uint8Array(bytes);
  const header = buffer.byteLength < HEADER_WORDS * 4 ? [] : new Uint32Array(buffer, 0, HEADER_WORDS);
  const [magic, states = 0, classes = 0, nodes = 0, names = 0] = header;
  const end = HEADER_WORDS * 4 + (states + nodes) * 22;
  if (magic !== MAGIC || end > buffer.byteLength) throw damaged();
  let offset = HEADER_WORDS * 4;
  const take = (length: number, limit: number): Uint16Array => {
    const table = new Uint16Array(buffer, offset, length);
    offset += length * 2;
    if (table.some((value) => value >= limit)) throw damaged();
    return table;
  };
  return {
    classOf: take(states, classes),
    nextState: take(states * 10, states),
    operatorOf: take(nodes, names),
    nextNode: take(nodes * 10, nodes),
    names: readNames(new Uint8Array(buffer, end), classes, names),
  };
}

function readNames(bytes: Uint8Array, classes: number, operators: number): Names {
  try {
    const names = JSON.parse(new TextDecoder().decode(bytes)) as Names;
    if (names.classes.length === classes && names.operators.length === operators) return names;
  } catch {
    // Reported below.
  }
  throw damaged();
}

function damaged(): RingfenceError {
  return new RingfenceError(
    'internal',
    'numbering.bin is damaged or of another version; make it again with `npm run prepare`',
  );
}
