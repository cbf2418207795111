import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertDisjoint } from '../../../../../lib/compress/distill/scheme/disjoint.ts';
import { shiftClass, withoutClass } from '../../../../../lib/compress/distill/scheme/omitted-class.ts';
import { dataset, rows, take } from '../../../../../lib/data/dataset.ts';
import { strokeGlyphs } from '../../../../../lib/data/stroke-glyphs.ts';
import { accuracy } from '../../../../../lib/measure/accuracy.ts';
import { network } from '../../../../../lib/model/build.ts';
import { mlp } from '../../../../../lib/model/mlp.ts';
import { withParameters } from '../../../../../lib/model/model.ts';
import { array } from '../../../../../lib/tensor/array.ts';

const data = strokeGlyphs({ count: 60, seed: 1 });
const refused = (code: string): unknown => expect.objectContaining({ code });
/** A network whose logits are its inputs, of three classes. */
const plain = withParameters(network('plain', [3]).dense(3).model(), {
  'dense-1.kernel': { value: array([3, 3], Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)) },
});
const said = (logits: readonly number[][], labels: readonly number[]) => ({
  inputs: array([labels.length, 3], Float32Array.from(logits.flat())),
  targets: array([labels.length], Int32Array.from(labels), 'int32'),
});

describe('an omitted class', () => {
  it('is left out, and all others stay', () => {
    const rest = withoutClass(data, 3);
    expect(rest.labels.data).toEqual(data.labels.data.filter(label => label !== 3));
    expect(rest.images.shape[0]).toBe(rest.labels.shape[0]);
    expect(() => withoutClass(data, 10)).toThrow(refused('distill/class'));
    expect(() => withoutClass(withLabel(3), 3)).toThrow(refused('distill/class'));
  });

  it('comes back by the shift in the middle of the widest stretch', () => {
    // class c needs more than 2 to win its image, and takes an image of a above 5
    const found = shiftClass(plain, {
      omitted: 2,
      validation: said(
        [
          [3, 0, 1],
          [5, 0, 0],
          [0, 4, -9],
        ],
        [2, 0, 1],
      ),
    });
    expect(found.shift).toBe(3.5);
    expect(found.before).toEqual({ accuracy: 2 / 3, recall: 0 });
    expect(found.after).toEqual({ accuracy: 1, recall: 1 });
    expect([...(found.model.parameters['dense-1.bias']?.value.data ?? [])]).toEqual([0, 0, 3.5]);
  });

  it('is not shifted where nothing is better, and downwards where that is', () => {
    const right = said(
      [
        [0, 0, 1],
        [2, 0, 0],
      ],
      [2, 0],
    );
    expect(shiftClass(plain, { omitted: 2, validation: right })).toMatchObject({ shift: 0, model: plain });
    const tooLikely = said(
      [
        [0, 0, 3],
        [2, 0, 4],
        [0, 1, 3],
      ],
      [2, 0, 1],
    );
    expect(shiftClass(plain, { omitted: 2, validation: tooLikely })).toMatchObject({ shift: -2.5, after: { accuracy: 1, recall: 1 } });
  });

  it('has no better shift on a grid, and the shifted network is as accurate as told', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: -9, max: 9 }),
            fc.integer({ min: -9, max: 9 }),
            fc.integer({ min: -9, max: 9 }),
            fc.integer({ min: 0, max: 2 }),
          ),
          { minLength: 1, maxLength: 12 },
        ),
        cases => {
          const validation = said([[0, 0, 0], ...cases.map(([a, b, c]) => [a, b, c])], [2, ...cases.map(([, , , label]) => label)]);
          const shown = { images: validation.inputs, labels: validation.targets };
          const { model, after } = shiftClass(plain, { omitted: 2, validation });
          expect(accuracy(model, shown)).toBeCloseTo(after.accuracy, 10);
          for (let shift = -20; shift <= 20; shift += 0.25) {
            const other = withParameters(plain, { 'dense-1.bias': { value: array([3], Float32Array.of(0, 0, shift)) } });
            // ties go to the first class there: a shift on a tie is no stretch
            if (shift % 1 !== 0) expect(accuracy(other, shown)).toBeLessThanOrEqual(after.accuracy + 1e-9);
          }
        },
      ),
      { numRuns: 25 },
    ));

  it('refuses a class that nothing shows, and outputs without a bias', () => {
    expect(() => shiftClass(plain, { omitted: 3, validation: data })).toThrow(refused('distill/class'));
    expect(() => shiftClass(plain, { omitted: 1, validation: said([[0, 0, 0]], [2]) })).toThrow(refused('distill/class'));
    const bare = network('bare', [3]).dense(3, { bias: false }).model();
    expect(() => shiftClass(bare, { omitted: 1, validation: data })).toThrow(refused('distill/bias'));
    expect(() => shiftClass(network('soft', [3]).dense(3).activation('softmax').model(), { omitted: 1, validation: data })).toThrow(
      refused('distill/bias'),
    );
  });
});

const withLabel = (label: number) => dataset({ ...data, labels: array([60], new Int32Array(60).fill(label), 'int32') });

describe('assertDisjoint', () => {
  const other = strokeGlyphs({ count: 20, seed: 2 });

  it('finds images by what they show, wherever they stand and however they are written', () => {
    assertDisjoint(data, other);
    assertDisjoint(data, take(other, 1).images);
    const mixed = rows(data.images, [3, 59]);
    expect(() => assertDisjoint(data, mixed)).toThrow('2 of 60 images of the transfer set are among the test images: image 3 is image 0');
    expect(() => assertDisjoint(data, mixed)).toThrow(refused('distill/overlap'));
    const real = array(mixed.shape, mixed.dtype === 'uint8' ? Float32Array.from(mixed.data, v => v / 255) : Float32Array.from(mixed.data));
    expect(() => assertDisjoint(data, real)).toThrow(refused('distill/overlap'));
    const changed = array(
      real.shape,
      Float32Array.from(real.data, (v, i) => (i % 784 === 400 ? v + 1e-3 : v)),
    );
    assertDisjoint(data, changed);
  });

  it('refuses images of another shape', () => {
    expect(() => assertDisjoint(data, mlp({ hidden: [] }).parameters['dense-1.kernel']?.value as (typeof data)['images'])).toThrow(
      refused('distill/shape'),
    );
  });
});
