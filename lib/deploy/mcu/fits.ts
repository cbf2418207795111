import type { Graph } from '../../model/model.ts';
import { type PlanOptions, planMemory } from '../plan/plan.ts';
import type { Program } from '../program.ts';
import { type MacKind, type McuDevice, mcuDevice } from './devices.ts';
import { costsOfGraph, costsOfProgram } from './network-costs.ts';

/** What is counted beside the network. */
export interface FitOptions {
  /** How memory is laid out; default with depthwise convolutions in place. */
  readonly plan?: PlanOptions;
  /** Bytes of SRAM for the stack and everything else that is no value of the network; default 4 KiB. */
  readonly reservedSram?: number;
  /** Bytes of flash for code; default 40 KiB, which is what TinyEngine's code for one network takes. */
  readonly codeBytes?: number;
}

/** Whether a network fits a device, and how fast it would be there. */
export interface DeviceFit {
  readonly fits: boolean;
  /** Bytes of SRAM: the arena of its plan, and what is reserved. */
  readonly sram: number;
  /** Bytes of flash: weights, biases, multipliers, tables, and code. */
  readonly flash: number;
  /** Multiply-accumulates. */
  readonly macs: number;
  /** Time of one example, modelled: Σ MACs · cycles a MAC / clock. See `source`. */
  readonly milliseconds: number;
  /** Where the cycles come from, and how far they are off. */
  readonly source: string;
  /** What does not fit, and by how much; empty when all does. */
  readonly reasons: readonly string[];
}

/**
 * Whether a program fits the memory of a device, and how long it would take there. A graph or a model is counted as if it were quantized to 8 bits with its batch norms
 * folded, so that architectures can be searched before they are trained. Bytes are counted; time is modelled. Lin et al. 2020 (MCUNet), Banbury et al. 2021
 * (MicroNets): on such devices time is linear in the number of operations.
 * @throws LabError `mcu/device`; the errors of `planMemory`.
 * @example
 * deploy.fits(mlp({ input: [4], hidden: [8], classes: 2 }), 'STM32F412').fits; // → true
 */
export function fits(network: Program | Graph, device: McuDevice | string, options: FitOptions = {}): DeviceFit {
  const { plan = { inPlaceDepthwise: true }, reservedSram = 4096, codeBytes = 40 * 1024 } = options;
  const on = typeof device === 'string' ? mcuDevice(device) : device;
  const { program, constantBytes, macs } = 'steps' in network ? costsOfProgram(network) : costsOfGraph(network);
  const sram = planMemory(program, plan).bytes + reservedSram;
  const flash = constantBytes + codeBytes;
  const kinds = Object.entries(macs) as [MacKind, number][];
  const cycles = kinds.reduce((sum, [kind, count]) => sum + count * on.cyclesPerMac[kind], 0);
  const over = (memory: 'SRAM' | 'flash', bytes: number, most: number): string[] =>
    bytes <= most ? [] : [`${memory}: ${bytes} bytes of ${most} on ${on.name}, ${bytes - most} too many`];
  const reasons = [...over('SRAM', sram, on.sram), ...over('flash', flash, on.flash)];
  return {
    fits: reasons.length === 0,
    sram,
    flash,
    macs: kinds.reduce((sum, [, count]) => sum + count, 0),
    milliseconds: (1000 * cycles) / on.clockHz,
    source: on.source,
    reasons,
  };
}
