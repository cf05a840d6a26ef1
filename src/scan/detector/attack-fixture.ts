import type { AST } from '@eslint-community/regexpp';
import { bytesOf, parse, quantifiersIn } from './backtracking-oracle.ts';

/**
 * Texts that make a pattern work: they follow it up to one of its repetitions, go on and on there, and then fail; alone
 * and again and again, so that every place of the text is a promising start.
 */
export function attacksOn(pattern: RegExp, length: number, count: number, next: () => number): string[] {
  const tree = parse(pattern);
  const targets = quantifiersIn(tree.alternatives).filter(({ max }) => max > 1);
  return Array.from({ length: count }, () => targets[Math.floor(next() * targets.length)]).flatMap((target) =>
    target === undefined ? [] : [attack(tree, createWriter(pattern.ignoreCase, next, target))],
  );

  function attack({ alternatives }: AST.Pattern, writer: Writer): string {
    const text = writer.write(alternatives);
    const pump = writer.pump();
    const kinds = [
      [text, pump],
      ['', text + pump.repeat(LONG_PUMP)],
      ['', text + pump],
    ];
    const [head = '', again = ''] = kinds[Math.floor(next() * kinds.length)] ?? [];
    return fill(head, again, length);
  }
}

type Writer = ReturnType<typeof createWriter>;

const LONG_PUMP = 40;

const fill = (head: string, pump: string, length: number): string =>
  (head + (pump === '' ? ' ' : pump).repeat(length)).slice(0, length);

function createWriter(caseless: boolean, next: () => number, target: AST.Quantifier) {
  let reached = false;
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(next() * from.length)];
  const holds = (alternative: AST.Alternative): boolean =>
    alternative.start <= target.start && target.end <= alternative.end;

  function write(alternatives: readonly AST.Alternative[]): string {
    // The way to the target, or any.
    const chosen = (reached ? undefined : alternatives.find(holds)) ?? pick(alternatives);
    let text = '';
    for (const element of chosen?.elements ?? []) {
      if (reached && chosen !== undefined && holds(chosen)) break;
      text += writeElement(element);
    }
    return text;
  }

  function writeElement(element: AST.Element): string {
    if (element === target) {
      reached = true;
      return '';
    }
    switch (element.type) {
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass': {
        const bytes = bytesOf(element.raw, caseless);
        // Few different characters: what comes next may then be taken for what came before.
        const usual = [...'aA0_ "=:-'].filter((character) => bytes[character.charCodeAt(0)] === 1);
        const codes = Array.from(bytes.keys()).filter((code) => bytes[code] === 1);
        return pick(usual) ?? String.fromCharCode(pick(codes) ?? 0x20);
      }
      case 'Group':
      case 'CapturingGroup':
        return write(element.alternatives);
      case 'Quantifier': {
        const inside = element.start < target.start && target.end <= element.end;
        const times = Math.max(element.min, inside ? 1 : Math.floor(next() * Math.min(element.max, 4)));
        let text = '';
        for (let time = 0; time < times && !(inside && reached); time++)
          text += writeElement(element.element);
        return text;
      }
      default:
        return '';
    }
  }

  function pump(): string {
    reached = true;
    return writeElement(target.element);
  }
  return { write, pump };
}
