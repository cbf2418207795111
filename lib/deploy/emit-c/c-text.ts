import { type Shape, sizeOf } from '../../tensor/shape.ts';
import type { Declared } from '../integer/op.ts';
import { ends } from '../integer/stored.ts';
import type { Elements, ElementType } from '../program.ts';

/** What elements are called in C. Those of more than a byte may alias the bytes of the arena. */
export const cTypes: Readonly<Record<ElementType, string>> = {
  float32: 'float32',
  int4: 'int8_t',
  int8: 'int8_t',
  uint8: 'uint8_t',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  bool: 'uint8_t',
};

/** A whole number as C has it: the smallest ones are no literals. */
export function integerLiteral(value: number | bigint): string {
  if (value === -(2 ** 31)) return '(-2147483647 - 1)';
  if (typeof value === 'bigint' && value === -(2n ** 63n)) return '(-9223372036854775807LL - 1)';
  return typeof value === 'bigint' || Math.abs(value) >= 2 ** 31 ? `${value}LL` : `${value}`;
}

/** A number of double precision, or of single precision with `f` behind it, that C reads back as the same. */
export function realLiteral(value: number, suffix: '' | 'f' = ''): string {
  if (Number.isNaN(value)) return '__builtin_nanf("")';
  if (!Number.isFinite(value)) return `${value < 0 ? '-' : ''}__builtin_inff()`;
  const text = Object.is(value, -0) ? '-0' : `${value}`;
  return `${/[.e]/.test(text) ? text : `${text}.0`}${suffix}`;
}

/** The elements of an array, in lines of about 120 characters. */
export function arrayLiteral(type: ElementType, data: Elements | readonly number[]): string {
  const item = type === 'float32' ? (value: number | bigint) => realLiteral(Number(value), 'f') : integerLiteral;
  const lines: string[] = [];
  let line = ' ';
  for (const value of data) {
    const text = ` ${item(value)},`;
    if (line.length + text.length > 120) {
      lines.push(line);
      line = ' ';
    }
    line += text;
  }
  return `{\n${[...lines, line].join('\n')}\n}`;
}

/** A name from somewhere else, as it may stand in a comment. */
export const commentText = (name: string): string =>
  name
    .replace(/[^\w.:/ -]/g, '_')
    .replace(/\/(?=\/)/g, '_')
    .slice(0, 60);

/** Lines of C, each moved to the right. */
export const indented = (text: string, by = '  '): string => text.replace(/^(?=.)/gm, by);

/** Loops with these names and lengths, the last one innermost. */
export function loops(axes: Readonly<Record<string, number>>, body: string): string {
  return Object.entries(axes).reduceRight(
    (text, [name, length]) => `for (int ${name} = 0; ${name} < ${length}; ${name}++) {\n${indented(text)}\n}`,
    body,
  );
}

/** The same for each image of a batch; `x` and `y` point to its image. */
export function batched(batch: number, size: number, body: string): string {
  return batch === 1 ? body : `for (int n = 0; n < ${batch}; n++, x += ${size}) {\n${indented(body)}\n}`;
}

/** Loops over axes, without those of length 1, whose index is 0. */
export function nest(sizes: readonly number[], body: (indices: readonly string[]) => string): string {
  const names = sizes.map((size, axis) => (size === 1 ? '0' : `i${axis}`));
  const long = Object.fromEntries(names.flatMap((name, axis) => (name === '0' ? [] : [[name, sizes[axis] as number]])));
  return loops(long, body(names));
}

/** `const int8_t *name`, or what the type of a value is. */
export const constPointer = ({ type }: Declared, name: string): string => `const ${cTypes[type]} *${name}`;

/** How far apart neighbours along each axis lie, row-major. */
export const stridesOf = (shape: Shape): number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** Where an element lies: Σ index · stride, without what is 0. */
export function placeOf(indices: readonly string[], strides: readonly number[]): string {
  const terms = indices.flatMap((index, axis) => {
    const stride = strides[axis] as number;
    if (index === '0' || stride === 0) return [];
    return [stride === 1 ? index : `${index} * ${stride}`];
  });
  return terms.length > 0 ? terms.join(' + ') : '0';
}

/** The ends of a type's integers. */
export const endsOf = (type: ElementType): readonly [number, number] => ends[type] ?? [0, 0];

/** `text + number`, as one writes it. */
export const plus = (text: string, value: number): string =>
  value === 0 ? text : value < 0 ? `${text} - ${-value}` : `${text} + ${value}`;
