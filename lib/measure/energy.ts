import type { Graph } from '../model/model.ts';
import { parameterSpecs } from '../model/shapes.ts';
import { sizeOf } from '../tensor/shape.ts';
import { activations } from './activations.ts';
import { macs } from './macs.ts';

/** Energy of one 32-bit operation or access in picojoules, 45 nm. Horowitz, "Computing's energy problem", ISSCC 2014. */
export const energyPj: Readonly<Record<'intAdd' | 'floatAdd' | 'register' | 'intMultiply' | 'floatMultiply' | 'sram' | 'dram', number>> = {
  intAdd: 0.1,
  floatAdd: 0.9,
  register: 1,
  intMultiply: 3.1,
  floatMultiply: 3.7,
  sram: 5,
  dram: 640,
};

/** Where numbers live and how they are computed with. */
export interface EnergyOptions {
  /** Which arithmetic units compute the MACs; default 'float'. */
  readonly arithmetic?: 'float' | 'int';
  /** Where weights come from, each read once; default 'dram'. */
  readonly weights?: 'sram' | 'dram';
  /** Where activations live, each written and read once; default 'sram'. */
  readonly activations?: 'sram' | 'dram';
  /** Bits of a weight and of an activation: an access moves 32; default 32. */
  readonly bits?: number;
}

/** Energy of one inference, in picojoules. */
export interface Energy {
  /** Multiplications and additions. */
  readonly computePj: number;
  /** Reading the weights. */
  readonly weightsPj: number;
  /** Writing and reading the activations. */
  readonly activationsPj: number;
  /** All three. */
  readonly totalPj: number;
}

/**
 * Energy model: MACs · (multiply + add) + weight words · access + 2 · activation words · access. A lower bound on traffic (everything moves
 * once), good for ratios: moving a word from DRAM costs about 200 integer multiplications.
 * @example
 * const { totalPj } = energy(mlp({ input: [4], hidden: [8], classes: 2 }), { weights: 'sram' });
 */
export function energy(graph: Graph, options: EnergyOptions = {}): Energy {
  const { arithmetic = 'float', weights = 'dram', activations: place = 'sram', bits = 32 } = options;
  const perMac = energyPj[`${arithmetic}Multiply`] + energyPj[`${arithmetic}Add`];
  const weightCount = Object.values(parameterSpecs(graph)).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const computePj = macs(graph) * perMac;
  const weightsPj = ((weightCount * bits) / 32) * energyPj[weights];
  const activationsPj = ((2 * activations(graph).total * bits) / 32) * energyPj[place];
  return { computePj, weightsPj, activationsPj, totalPj: computePj + weightsPj + activationsPj };
}
