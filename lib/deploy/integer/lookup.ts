import type { IntegerOp } from './op.ts';
import { refuseStep } from './refuse.ts';
import { assertSameSize, numbersOf } from './values.ts';

/** Any function of an 8-bit integer, as a table of 256 of them that begins with the smallest. */
export const lookup: IntegerOp<'lookup', Record<never, never>> = {
  name: 'lookup',
  arity: [2, 2],
  attributes: {},
  inPlace: true,
  check({ inputs: [x, table], outputs: [y], where }) {
    assertSameSize(where, x, y);
    const bytes = (type: string | undefined): boolean => type === 'int8' || type === 'uint8';
    if (!bytes(x?.type) || !bytes(y?.type) || table?.type !== y?.type || table?.shape.length !== 1 || table.shape[0] !== 256)
      refuseStep(where, `expected 8-bit integers and a table of 256; got ${x?.type}, ${table?.type} [${table?.shape}] and ${y?.type}.`);
  },
  run({ inputs: [x, table], outputs }) {
    const [data, entries, y] = [numbersOf(x), numbersOf(table), numbersOf(outputs[0])];
    const first = x?.type === 'int8' ? 128 : 0;
    for (let i = 0; i < y.length; i++) y[i] = entries[(data[i] as number) + first] as number;
  },
};
