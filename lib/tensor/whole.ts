import { LabError } from './errors.ts';

/**
 * The values as int32, when all of them are whole: 1.5 would become 1, and NaN 0.
 * @throws LabError `model/whole`, naming `where`.
 */
export function wholeNumbers(where: string, values: ArrayLike<number>): Int32Array {
  const whole = Int32Array.from(values);
  for (let i = 0; i < whole.length; i++)
    if (whole[i] !== values[i])
      throw new LabError(
        'model/whole',
        `${where} takes whole numbers; value ${i} is ${values[i]}.`,
        'Give them as int32, such as token ids.',
      );
  return whole;
}
