import { describe, expect, it } from 'vitest';
import type { Rung } from '../../../lib/tensor/native.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { atProtectedPage, type Side } from './protected-page.ts';

/** A kernel as the contract sees it: float32 arrays in, one float32 array out, and what the output should be. */
export interface Subject<Shape> {
  readonly rungs: readonly Rung[];
  /** Shapes with every tail, and with empty sides. */
  readonly shapes: readonly Shape[];
  /** Elements of each input and of the output. */
  sizes(shape: Shape): { readonly inputs: readonly number[]; readonly output: number };
  run(inputs: readonly Float32Array[], shape: Shape, call: { readonly rung: string; readonly out?: Float32Array }): Float32Array;
  /** Each output computed in float64, and how far off a float32 rung may be. */
  exact(inputs: readonly Float32Array[], shape: Shape): { readonly value: Float64Array; readonly bound: Float64Array };
}

/**
 * What every rung of a kernel keeps, on every shape: the same as all others to the last bit where sums are exact, the stated error bound
 * elsewhere, non-finite values where the definition has them, any alignment, and no read or write outside its arrays.
 */
export function contract<Shape extends object>(kernel: string, subject: Subject<Shape>): void {
  const { rungs, shapes, sizes, run, exact } = subject;
  const wholes = (shape: Shape): Float32Array[] =>
    sizes(shape).inputs.map(length => Float32Array.from({ length }, (_, i) => ((i * 31) % 17) - 8));
  const normals = (shape: Shape): Float32Array[] =>
    sizes(shape).inputs.map((length, i) => normal(random(i + length), [length]).data as Float32Array);

  const checkWithin = (got: Float32Array, inputs: readonly Float32Array[], shape: Shape): void => {
    const { value, bound } = exact(inputs, shape);
    const off = value.findIndex((x, i) => !isClose(got[i] as number, x, bound[i] as number));
    expect(off, `${JSON.stringify(shape)}, element ${off}: got ${got[off]}, exact ${value[off]} ± ${bound[off]}`).toBe(-1);
    expect(got.length).toBe(value.length);
  };

  describe.each(rungs.filter(({ available }) => available))(`${kernel}, rung $name`, ({ name: rung }) => {
    it('whole numbers come out exactly', () => {
      for (const shape of shapes) {
        const inputs = wholes(shape);
        expect(run(inputs, shape, { rung }), JSON.stringify(shape)).toEqual(Float32Array.from(exact(inputs, shape).value));
      }
    });

    it('errors are within their bound', () => {
      for (const shape of shapes) checkWithin(run(normals(shape), shape, { rung }), normals(shape), shape);
    });

    it('the same input gives the same bits every time', () => {
      for (const shape of shapes) expect(run(normals(shape), shape, { rung })).toEqual(run(normals(shape), shape, { rung }));
    });

    it('very small and very large values keep the bound, and what is too large is infinite', () => {
      for (const shape of shapes)
        for (const scale of [2 ** -149, 2 ** -126, 2 ** -70, 2 ** 55, 2 ** 120]) {
          // All of one sign where sums overflow: otherwise the order of the terms decides where they do.
          const inputs = normals(shape).map(values => values.map(x => scale * (scale > 2 ** 60 ? 1 + Math.abs(x) : x)));
          checkWithin(run(inputs, shape, { rung }), inputs, shape);
        }
    });

    it('NaN and infinity reach exactly what depends on them, through zeros too', () => {
      for (const shape of shapes)
        for (const special of [Number.NaN, Infinity, -Infinity])
          for (const [which, { length }] of wholes(shape).entries())
            for (const place of new Set([0, length >> 1, length - 1].filter(i => i in new Float32Array(length)))) {
              const inputs = wholes(shape);
              (inputs[which] as Float32Array)[place] = special;
              checkWithin(run(inputs, shape, { rung }), inputs, shape);
            }
    });

    it('any alignment will do, every element is written, and none beside them', () => {
      for (const shape of shapes)
        for (const shift of [1, 2, 3, 5, 7]) {
          const inputs = normals(shape).map(values => surrounded(values, shift));
          const out = surrounded(new Float32Array(sizes(shape).output).fill(Number.NaN), shift + 1);
          expect(run(inputs, shape, { rung, out })).toBe(out);
          checkWithin(out, inputs, shape);
          for (const view of [...inputs, out]) expect(isIntact(view), JSON.stringify(shape)).toBe(true);
        }
    });

    it.each<Side>(['before', 'after'])('nothing is read or written %s an array: a protected page lies there', side => {
      for (const shape of shapes) {
        const inputs = normals(shape).map(values => atProtectedPage(values, side));
        const out = atProtectedPage(new Float32Array(sizes(shape).output), side);
        checkWithin(run(inputs, shape, { rung, out }), inputs, shape);
      }
    });
  });
}

/** NaN and infinity equal only themselves; a finite value that rounds to infinity in float32 is infinite there. */
function isClose(got: number, exact: number, bound: number): boolean {
  if (Number.isFinite(got) && Number.isFinite(exact)) return Math.abs(got - exact) <= bound;
  return Object.is(got, Math.fround(exact));
}

const guard = Math.fround(12345.678);
const margin = 24;

/** A copy of some values inside a larger buffer, `shift` elements off its alignment, with guards on both sides. */
function surrounded(values: Float32Array, shift: number): Float32Array {
  const whole = new Float32Array(margin + shift + values.length + margin).fill(guard);
  whole.set(values, margin + shift);
  return whole.subarray(margin + shift, margin + shift + values.length);
}

function isIntact(view: Float32Array): boolean {
  const start = view.byteOffset / view.BYTES_PER_ELEMENT;
  return new Float32Array(view.buffer).every((x, i) => (i >= start && i < start + view.length) || x === guard);
}
