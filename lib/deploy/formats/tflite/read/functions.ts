import { wideFunctionFactor } from '../../../factors.ts';
import type { ElementType } from '../../../program.ts';
import type { TableGrid } from '../../../real-table.ts';
import { optionFields } from '../schema.ts';
import { hardSwishTable, leakyReluTable, logisticTable, tanhTable } from '../tables.ts';
import { gridOf, inputOf, optionOf, type Reading, type ReadRule, refuseOperator } from './rule.ts';

/** A function of 8-bit integers, as the table that LiteRT's reference kernel amounts to. */
const table =
  (entries: (x: TableGrid, y: TableGrid, reading: Reading) => readonly number[]): ReadRule =>
  reading => {
    const [x, y] = [gridOf(reading, inputOf(reading, 0)), gridOf(reading, reading.output)];
    if (x.type !== y.type || (y.type !== 'int8' && y.type !== 'uint8'))
      refuseOperator(reading, `it takes ${x.type} to ${y.type}; functions of 8-bit integers are read, as tables.`);
    const row = entries(x as TableGrid, y as TableGrid, reading);
    const data = y.type === 'int8' ? Int8Array.from(row) : Uint8Array.from(row);
    const index = reading.constant(`${reading.output.name}.table`, y.type as ElementType, data);
    reading.step('lookup', {}, [reading.operator.inputs[0] as number, index]);
  };

/** Of 16 bits by a table of σ that is interpolated, on the grid 1/32768; of 8 bits as a table of its own. */
const wideOr =
  (op: 'sigmoid' | 'tanh', narrow: ReadRule): ReadRule =>
  reading => {
    const [x, y] = [gridOf(reading, inputOf(reading, 0)), gridOf(reading, reading.output)];
    if (x.type !== 'int16' || y.type !== 'int16') return narrow(reading);
    // files hold a scale near 2^-15 as well, whose power is rounded
    if (x.zeroPoint !== 0 || y.zeroPoint !== 0 || Math.abs(Math.log2(y.scale) + 15) >= 1e-3)
      refuseOperator(
        reading,
        `of 16 bits it writes scale 1/32768, and zero points are 0; got ${y.scale}, ${x.zeroPoint} and ${y.zeroPoint}.`,
      );
    return reading.step(op, { ...wideFunctionFactor(x.scale) });
  };

export const logistic: ReadRule = wideOr(
  'sigmoid',
  table((x, y, reading) => {
    if (y.scale !== 1 / 256 || y.zeroPoint !== (y.type === 'int8' ? -128 : 0))
      refuseOperator(reading, `it writes scale 1/256 from the smallest integer on; got scale ${y.scale}, zero point ${y.zeroPoint}.`);
    return logisticTable(x, y);
  }),
);
export const tanh: ReadRule = wideOr('tanh', table(tanhTable));
export const hardSwish: ReadRule = table((x, y, reading) => hardSwishTable(x, y, reading.operator.where));
export const leakyRelu: ReadRule = table((x, y, reading) => {
  const slope = optionOf(reading, o => o.float32(optionFields.leakyRelu.slope));
  if (!(slope >= 0)) refuseOperator(reading, `its slope is ${slope}.`);
  return leakyReluTable(x, y, slope);
});
