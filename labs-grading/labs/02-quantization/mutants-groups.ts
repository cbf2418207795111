import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

const [group, loud] = [slipsIn('group-scales'), slipsIn('awq')];

const rowOfGroup = 'const row = Array.from(weight.data.slice(r * columns, (r + 1) * columns));';

export const groupMutants: readonly KnownMistake[] = [
  group('the scale twice', 'The scale counts twice', ['scale * (q - zeroPoint)', 'scale * scale * (q - zeroPoint)']),
  group(
    'down the columns',
    'Your groups run down the columns',
    ['for (let r = 0; r < rows; r++)', 'for (let r = 0; r < columns; r++)'],
    [rowOfGroup, 'const row = Array.from(weight.data).filter((_, i) => i % columns === r);'],
    ['from < columns', 'from < rows'],
    [
      'rounded.push(...integers.map(q => scale * (q - zeroPoint)));',
      'for (const [k, q] of integers.entries()) rounded[(from + k) * columns + r] = scale * (q - zeroPoint);',
    ],
  ),
  group('the last group dropped', 'The last group of a row is left out', ['from < columns;', 'from + size <= columns;']),
  group('the scale of the largest', 'Your scale goes by the largest weight of a group alone', [
    'const { scale, zeroPoint } = scaleAndZeroPoint(group, bits);',
    'const { zeroPoint } = scaleAndZeroPoint(group, bits);\n      const scale = Math.max(...group.map(Math.abs)) / (2 ** bits - 1);',
  ]),
  group('a scale for each row', 'That is one scale for each row', ['scaleAndZeroPoint(group, bits)', 'scaleAndZeroPoint(row, bits)']),
  group('no difference', 'They make one on 2,000 images', ["smokeTest = 'b'", "smokeTest = 'a'"]),
  group('random draws', 'In many random draws of 20', ["smokeTest = 'b'", "smokeTest = 'd'"]),
  loud('scales on the wrong side', 'The scales are on the wrong side', ['w * s[j]!', 'w / s[j]!'], ['x / s[j]!', 'x * s[j]!']),
  loud(
    'error of the weights',
    'That is the error of the weights',
    ['matmul(quiet, toGrid(scaled, bits)).flat()', 'toGrid(scaled, bits).flatMap((row, j) => row.map(w => w / s[j]!))'],
    ['y - right[i]!', 'y - weight.flat()[i]!'],
  ),
  loud('inputs not divided', 'The inputs are not divided', ['matmul(quiet, ', 'matmul(inputs, ']),
  loud('the last exponent', 'That is the last exponent of the list', [
    'exponents[errors.indexOf(Math.min(...errors))]!',
    'exponents[errors.length - 1]!',
  ]),
  loud('the largest value', 'That goes by the largest |x| of an input', [
    'mean(inputs.map(row => Math.abs(row[j]!)))',
    'Math.max(...inputs.map(row => Math.abs(row[j]!)))',
  ]),
];
