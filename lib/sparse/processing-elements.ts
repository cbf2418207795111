import { allocate, array, type NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { assertShape } from '../tensor/shape.ts';
import { type EieMatrix, eie } from './eie.ts';
import { matrixShape } from './format.ts';

/** An array of EIE's processing elements. */
export interface ElementArray {
  /** Processing elements; row i of the matrix lies in element i mod `elements`. */
  readonly elements: number;
  /** Activations that wait in front of each element, at most; the one in work is one of them. Default 8, as in EIE. */
  readonly fifoDepth?: number;
}

/** What a run took. */
export interface ElementRun {
  /** W · a, float32 [rows]. */
  readonly value: NDArray;
  /** Cycles until the last element is done. */
  readonly cycles: number;
  /** Stored values that each element met, fillers included: a cycle each. */
  readonly work: readonly number[];
  /** Σ work / (elements · cycles), 0–1: the share of cycles that multiply. */
  readonly loadBalance: number;
  /** Σ work / cycles: how many times as fast as one element without pauses. */
  readonly speedup: number;
}

/** Rows i mod elements = element, each element's in its own compressed columns. */
function slices(matrix: NDArray, elements: number): EieMatrix[] {
  const [rows, columns] = matrixShape(matrix);
  return Array.from({ length: elements }, (_, element) => {
    const own = Math.max(0, Math.ceil((rows - element) / elements));
    const data = allocate(matrix.dtype, own * columns);
    for (let i = 0; i < own; i++) {
      const from = (element + i * elements) * columns;
      data.set(matrix.data.subarray(from, from + columns), i * columns);
    }
    return eie.encode(array([own, columns], data, matrix.dtype));
  });
}

/** b_i += v · a_j for one column of one element; returns how many values it met. */
function process(
  { values, runs, pointers }: EieMatrix,
  { column, activation }: Broadcast,
  add: (row: number, value: number) => void,
): number {
  const [from, to] = [pointers[column], pointers[column + 1]];
  let row = -1;
  for (let p = from; p < to; p++) {
    row += runs[p] + 1;
    add(row, values[p] * activation);
  }
  return to - from;
}

interface Broadcast {
  readonly column: number;
  readonly activation: number;
}

function assertArray({ elements, fifoDepth = 8 }: ElementArray): void {
  if (Number.isInteger(elements) && elements >= 1 && Number.isInteger(fifoDepth) && fifoDepth >= 1) return;
  throw new LabError(
    'prune/elements',
    `EIE needs 1 or more elements and places in a queue; got ${elements} and ${fifoDepth}.`,
    'EIE has 64 elements and queues of 8.',
  );
}

/**
 * EIE on W [rows, columns] and activations [columns]: each cycle the next nonzero a_j (leading-nonzero detection skips zeros) goes to the queue
 * of every element, as soon as all have a place; an element takes a cycle for each stored value of its column, one for a column without any.
 * Cycle of the k-th broadcast: s_k = max(s_{k-1}, max d_{k-depth}) + 1; an element has done it at d_k = max(d_{k-1}, s_k) + max(1, values).
 * Source: Han et al. 2016, EIE, §IV.
 * @throws LabError `prune/elements`, `prune/sparse-matrix`, `shape/mismatch` unless there is one activation a column.
 * @example
 * const weight = array([2, 2], [1, 0, 0, 2]);
 * runElements(weight, array([2], [3, 4]), { elements: 2 }).value; // → array([2], [3, 8])
 */
export function runElements(matrix: NDArray, activations: NDArray, options: ElementArray): ElementRun {
  assertArray(options);
  const { elements, fifoDepth = 8 } = options;
  assertShape('Activations', [matrixShape(matrix)[1]], activations.shape);
  const parts = slices(matrix, elements);
  const value = new Float32Array(matrix.shape[0]);
  const work = new Array<number>(elements).fill(0);
  const done = new Array<number>(elements).fill(0);
  const allDone: number[] = []; // cycle in which the last element finished the k-th nonzero
  let sent = 0;
  for (const [column, activation] of [...activations.data].entries()) {
    if (activation === 0) continue;
    sent = Math.max(sent, allDone[allDone.length - fifoDepth] ?? 0) + 1;
    for (const [element, part] of parts.entries()) {
      const met = process(part, { column, activation }, (row, product) => {
        const at = element + row * elements;
        value[at] += product;
      });
      work[element] += met;
      done[element] = Math.max(done[element], sent) + Math.max(1, met);
    }
    allDone.push(Math.max(...done));
  }
  const cycles = allDone.at(-1) ?? 0;
  const total = work.reduce((sum, own) => sum + own, 0);
  const speedup = cycles === 0 ? 0 : total / cycles;
  return { value: array([value.length], value), cycles, work, loadBalance: speedup / elements, speedup };
}
