import type { Contender } from '../peers/interleave.ts';
import type { PeerProcess } from '../peers/process.ts';

/** What one core does at most, measured by peers/peak.cc: fused multiply-adds of 256 and 512 bits in float32, `vpdpbusd` and `vdpbf16ps` of 512 bits. */
export const peaks = ['fma256', 'fma512', 'vnni512', 'bf16'] as const;
export type Peak = (typeof peaks)[number];

/** Peers that are started once for all rows. A name that a peer does not know is left out and told. */
export interface Peers {
  /** peers/compute_runtimes.py: ONNX Runtime and NumPy's OpenBLAS, one thread each; `measure('onnx/matmul')`. */
  readonly python: PeerProcess;
  /** peers/tfjs-wasm.mjs: TensorFlow.js on WebAssembly; undefined where it does not install. */
  readonly wasm: PeerProcess | undefined;
}

/** Ways to compute the same by their names; `ours` stands for us, `tfjs-node` for a peer that is always there. */
export interface Ways {
  readonly ours: Contender;
  readonly [name: string]: Contender;
}

/** A line of `npm run bench -- compute`: the default export of a file of this folder, which is all that a new line takes. Everything runs on one thread. */
export interface Row {
  /** What is computed, in the words of the table. */
  readonly title: string;
  /** Multiplications and additions of one run. */
  readonly operations: number;
  readonly unit: 'GFLOP/s' | 'GOP/s';
  /** The limits that runs are compared with, the highest last. */
  readonly peaks: readonly Peak[];
  /** Our ways of computing it, `ours` the one that is compared with peers; or why this machine or this installation has none. Each gives milliseconds of one run. */
  ours(): Promise<Ways | string>;
  /** The peers' ways of the same work. */
  peers(peers: Peers): Readonly<Record<string, Contender>>;
  /** Ways that are so slow that a few runs must do. */
  readonly slow?: readonly string[];
}

/**
 * Processor time of one run, not wall time: on one thread they are the same, unless something else runs on the machine. An uncounted run comes first: what ran before
 * has left its own data in the cache.
 */
export const timed =
  (work: () => void): Contender =>
  async () => {
    work();
    const began = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
