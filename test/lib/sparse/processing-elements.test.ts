import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eie } from '../../../lib/sparse/eie.ts';
import { type ElementArray, runElements } from '../../../lib/sparse/processing-elements.ts';
import { array, type NDArray } from '../../../lib/tensor/array.ts';
import { denseProduct, matrixOf } from './sparse-matrix.ts';

const problem = fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 })).chain(([rows, columns]) =>
  fc.record({
    matrix: matrixOf(rows, columns),
    activations: matrixOf(columns, 1).map(({ data }) => array([columns], data)),
    elements: fc.integer({ min: 1, max: 6 }),
    fifoDepth: fc.integer({ min: 1, max: 6 }),
  }),
);

/** Stored values of each column in one element. */
function columnWork({ shape, data }: NDArray, { elements }: ElementArray, element: number): number[] {
  const [rows, columns] = shape as [number, number];
  const own = Array.from({ length: rows }, (_, row) => row).filter(row => row % elements === element);
  const slice = own.flatMap(row => [...data.subarray(row * columns, (row + 1) * columns)]);
  const { pointers } = eie.encode(array([own.length, columns], slice));
  return [...pointers.subarray(1)].map((end, column) => end - (pointers[column] as number));
}

/** The obvious machine, cycle by cycle: elements work on the head of their queue, then the next nonzero is broadcast if all have a place. */
function cyclesOf(matrix: NDArray, activations: NDArray, array: Required<ElementArray>): number {
  const work = Array.from({ length: array.elements }, (_, element) => columnWork(matrix, array, element));
  const pending = [...activations.data].flatMap((a, column) => (a === 0 ? [] : [column]));
  const queues: number[][] = work.map(() => []);
  let cycle = 0;
  while (pending.length > 0 || queues.some(queue => queue.length > 0)) {
    const free = queues.every(queue => queue.length < array.fifoDepth); // as it was at the end of the last cycle
    for (const queue of queues) {
      if (queue.length === 0) continue;
      queue[0] = (queue[0] as number) - 1;
      if (queue[0] === 0) queue.shift();
    }
    const column = free ? pending.shift() : undefined;
    if (column !== undefined) for (const [element, queue] of queues.entries()) queue.push(Math.max(1, work[element]?.[column] as number));
    cycle++;
  }
  return cycle;
}

describe('processing elements', () => {
  it('compute W · a, in the cycles of the obvious machine', () => {
    fc.assert(
      fc.property(problem, ({ matrix, activations, elements, fifoDepth }) => {
        const run = runElements(matrix, activations, { elements, fifoDepth });
        expect(run.value).toEqual(denseProduct(matrix, activations));
        expect(run.cycles).toBe(cyclesOf(matrix, activations, { elements, fifoDepth }));
        expect(run.work.length).toBe(elements);
        expect(run.loadBalance).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  });

  it('a deeper queue never makes it slower', () => {
    fc.assert(
      fc.property(problem, ({ matrix, activations, elements, fifoDepth }) => {
        const at = (depth: number): number => runElements(matrix, activations, { elements, fifoDepth: depth }).speedup;
        expect(at(fifoDepth + 1)).toBeGreaterThanOrEqual(at(fifoDepth));
      }),
    );
  });

  it('a queue hides that elements take turns in having much to do', () => {
    const columns = 32;
    const matrix = array(
      [8, columns],
      Float32Array.from({ length: 8 * columns }, (_, i) => Number(Math.floor(i / columns) % 2 === i % 2)),
    );
    const activations = array([columns], new Float32Array(columns).fill(1));
    const speedups = [1, 2, 8].map(fifoDepth => runElements(matrix, activations, { elements: 2, fifoDepth }).speedup);
    expect(speedups).toEqual([...speedups].sort((a, b) => a - b));
    expect(speedups[2]).toBeGreaterThan(1.5 * (speedups[0] as number));
  });

  it('counts a small case by hand', () => {
    // element 0: rows 0, 2; element 1: row 1; the second activation is zero and is never broadcast
    const matrix = array([3, 3], [1, 7, 0, 2, 7, 3, 4, 7, 0]);
    const run = runElements(matrix, array([3], [1, 0, 1]), { elements: 2, fifoDepth: 1 });
    // sent in cycle 1, done after 3 (two values) and 2; sent in 4, done after 5 (empty column) and 5
    expect(run).toEqual({ value: array([3], [1, 5, 4]), cycles: 5, work: [2, 2], loadBalance: 0.4, speedup: 0.8 });
  });

  it('has nothing to do for zero activations', () => {
    const run = runElements(array([2, 2], [1, 2, 3, 4]), array([2], [0, 0]), { elements: 4 });
    expect(run).toEqual({ value: array([2], [0, 0]), cycles: 0, work: [0, 0, 0, 0], loadBalance: 0, speedup: 0 });
  });

  it('refuses no elements, no queue, and activations that do not fit', () => {
    const matrix = array([2, 2], [1, 2, 3, 4]);
    const activations = array([2], [1, 1]);
    for (const options of [{ elements: 0 }, { elements: 1.5 }, { elements: 1, fifoDepth: 0 }])
      expect(() => runElements(matrix, activations, options)).toThrow(expect.objectContaining({ code: 'prune/elements' }));
    expect(() => runElements(matrix, array([3], [1, 1, 1]), { elements: 1 })).toThrow(expect.objectContaining({ code: 'shape/mismatch' }));
  });
});
