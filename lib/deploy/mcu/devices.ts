import { LabError } from '../../tensor/errors.ts';
import type { McuBoard } from './cores.ts';

/** Kinds of layers that are told apart when time is modelled. Everything else is in their figures, as it is in those that were published. */
export type MacKind = 'conv2d' | 'depthwise-conv2d' | 'dense';

/** A microcontroller: what memory it has, and how many cycles a network takes on it, as far as that was published. */
export interface McuDevice extends McuBoard {
  /** Cycles for each multiply-accumulate of int8, by the kind of layer: a model, not a measurement. */
  readonly cyclesPerMac: Readonly<Record<MacKind, number>>;
  /** Where the cycles come from, and how far they are off. */
  readonly source: string;
}

/**
 * MLPerf Tiny 1.3, X-CUBE-AI 10.2 on an STM32L4R5 at 120 MHz: 2.18 cycles a MAC for the dense autoencoder, 1.59 for ResNet-8, 1.96 for DS-CNN, 1.43 for MobileNetV1
 * 0.25. Fitted with one slope for each kind of layer, by least squares of relative errors.
 */
const m4 = {
  core: 'cortex-m4',
  cyclesPerMac: { conv2d: 1.585, 'depthwise-conv2d': 1.906, dense: 2.178 },
  source: 'MLPerf Tiny 1.3, X-CUBE-AI 10.2 on a Cortex-M4 at 120 MHz: slopes fitted to four networks, off by 18 % at most',
} as const;

/** One published figure: 51 ms for mcunet-vww1 at 480 MHz, 2.11 cycles a MAC. The kinds stand to each other as on the Cortex-M4. */
const m7 = {
  core: 'cortex-m7',
  cyclesPerMac: { conv2d: 2.035, 'depthwise-conv2d': 2.447, dense: 2.797 },
  source: "TinyEngine's 51 ms for mcunet-vww1 on an STM32H743 at 480 MHz; kinds of layers in the proportion of the Cortex-M4",
} as const;

/** Nothing was published: CMSIS-NN's instructions in emulation (0.50 a MAC in convolutions, 4.4 in depthwise ones; 2.33 and 9.1 on a Cortex-M4), two cycles each. */
const m55 = {
  core: 'cortex-m55',
  cyclesPerMac: { conv2d: 0.68, 'depthwise-conv2d': 1.84, dense: 0.94 },
  source:
    "an estimate: the Cortex-M4's cycles times the ratio of CMSIS-NN's instructions in emulation, vector instructions taking two cycles",
} as const;

/** The devices that networks are made to fit: STM32F412, STM32F746, STM32H743 and Arm's Corstone-300 with a Cortex-M55 (MPS3, AN547). */
export const mcuDevices: readonly McuDevice[] = Object.freeze([
  { name: 'STM32F412', ...m4, sram: 256 * 1024, flash: 1024 * 1024, clockHz: 100e6 },
  { name: 'STM32F746', ...m7, sram: 320 * 1024, flash: 1024 * 1024, clockHz: 216e6 },
  { name: 'STM32H743', ...m7, sram: 512 * 1024, flash: 2048 * 1024, clockHz: 480e6 },
  { name: 'Corstone-300', ...m55, sram: 512 * 1024, flash: 2048 * 1024, clockHz: 32e6 },
]);

/**
 * The device of this name.
 * @throws LabError `mcu/device`.
 * @example
 * deploy.mcuDevice('STM32F746').sram; // → 320 * 1024
 */
export function mcuDevice(name: string): McuDevice {
  const device = mcuDevices.find(known => known.name === name);
  if (device) return device;
  const names = mcuDevices.map(known => known.name).join(', ');
  throw new LabError(
    'mcu/device',
    `There is no device ${JSON.stringify(name)}.`,
    `Devices: ${names}; or pass one of your own, { name, core, sram, … }.`,
  );
}
