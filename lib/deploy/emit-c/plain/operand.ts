import type { CStep, CWriter } from '../kernel.ts';

/** The C of an input's array: a constant's name, or the pointer that the body has. */
export function operand({ inputs }: Pick<CStep, 'inputs'>, index: number, writer: CWriter): string {
  const value = inputs[index];
  if (value?.data) return writer.constant('constant', value.type, value.data);
  return index === 0 ? 'x' : `x${index}`;
}
