import { LabError } from '../../tensor/errors.ts';
import { bytesOf } from '../element-types.ts';
import type { Elements, ElementType } from '../program.ts';
import { arrayLiteral, cTypes } from './c-text.ts';
import type { CWriter } from './kernel.ts';

/** An array of constants. */
interface Constant {
  readonly name: string;
  readonly type: string;
  readonly length: number;
  readonly bytes: number;
  readonly literal: string;
}

/** What steps asked for, in the order in which they did. */
class Asked {
  readonly constants = new Set<Constant>();
  readonly helpers = new Set<string>();
  readonly headers = new Set<string>();
}

/** Constants, helpers and headers that the steps of a network asked for. */
export class CParts {
  readonly #constants = new Map<string, Constant>();
  readonly #helpers = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #asked = new Map<string, Asked>();

  /** The writer of one step: its number ends the names of its constants. */
  of(number: string): CWriter {
    const asked = this.#of(number);
    return {
      constant: (name, type, data) => {
        const constant = this.#constant(`${name}_${number}`, type, data);
        asked.constants.add(constant);
        return constant.name;
      },
      helper: (name, text) => {
        if ((this.#helpers.get(name) ?? text) !== text)
          throw new LabError('deploy/emit-c', `There are two helpers ${name} with different texts.`, 'Give one of them another name.');
        this.#helpers.set(name, text);
        asked.helpers.add(name);
      },
      include: header => asked.headers.add(header),
    };
  }

  /** Bytes of all constants, without what lies between them. */
  get constantBytes(): number {
    return [...this.#constants.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The texts of all helpers by name. */
  get helpers(): ReadonlyMap<string, string> {
    return this.#helpers;
  }

  /**
   * What stands before the functions of each file, a file being the numbers of its steps: the headers and helpers that they asked for, and their constants. A
   * constant that several files read is defined by the first one.
   */
  heads(files: readonly (readonly string[])[]): readonly string[] {
    const needs = files.map(numbers => this.#together(numbers));
    const readers = (constant: Constant): number[] => [...needs.keys()].filter(file => needs[file]?.constants.has(constant));
    return needs.map(({ constants, helpers, headers }, file) => {
      const includes = [...[...headers].map(name => `<${name}>`), '"network_ops.h"', ...[...helpers].map(name => `"${helperFile(name)}"`)];
      const arrays = [...constants].map(constant => {
        const all = readers(constant);
        return all.length === 1 ? `static ${defined(constant)}` : all[0] === file ? defined(constant) : declared(constant);
      });
      return [includes.map(name => `#include ${name}`).join('\n'), ...arrays].join('\n\n');
    });
  }

  #of(number: string): Asked {
    const known = this.#asked.get(number);
    if (known) return known;
    const asked = new Asked();
    this.#asked.set(number, asked);
    return asked;
  }

  #together(numbers: readonly string[]): Asked {
    const all = new Asked();
    for (const { constants, helpers, headers } of numbers.map(number => this.#of(number))) {
      for (const constant of constants) all.constants.add(constant);
      for (const helper of helpers) all.helpers.add(helper);
      for (const header of headers) all.headers.add(header);
    }
    return all;
  }

  #constant(wanted: string, type: ElementType, data: Elements | readonly number[]): Constant {
    const literal = data.length > 0 ? arrayLiteral(type, data) : '{0}';
    const key = `${type} ${data.length} ${literal}`;
    const known = this.#constants.get(key);
    if (known) return known;
    let name = wanted;
    for (let again = 2; this.#names.has(name); again++) name = `${wanted}_${again}`;
    this.#names.add(name);
    const length = Math.max(1, data.length);
    // int4 is int8 in C
    const bytes = type === 'int4' ? length : bytesOf({ shape: [length], type });
    const constant = { name, type: cTypes[type], length, bytes, literal };
    this.#constants.set(key, constant);
    return constant;
  }
}

/** The file of a helper. */
export const helperFile = (name: string): string => `ops_${name}.h`;

const array = ({ name, type, length }: Constant): string => `const ${type} ${name}[${length}] __attribute__((aligned(16)))`;
const defined = (constant: Constant): string => `${array(constant)} = ${constant.literal};`;
const declared = (constant: Constant): string => `extern ${array(constant)};`;
