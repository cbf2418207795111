/** The processors that networks are compiled for. */
export type McuCore = 'cortex-m4' | 'cortex-m7' | 'cortex-m55';

/** What building and running ask of a microcontroller. */
export interface McuBoard {
  readonly name: string;
  readonly core: McuCore;
  /** Bytes of SRAM. */
  readonly sram: number;
  /** Bytes of flash. */
  readonly flash: number;
  /** Clock in hertz. */
  readonly clockHz: number;
}

/** How code for a core is compiled, and on which board QEMU runs it. */
export interface CoreMachine {
  /** QEMU's name of the board. */
  readonly machine: string;
  /** The compiler's options. */
  readonly flags: readonly string[];
  /** Where the board has memory for what a device keeps in flash, behind the vectors. */
  readonly flashOrigin: number;
  /** Where it has memory for a device's SRAM. */
  readonly ramOrigin: number;
  /** The most bytes of each that the board has. */
  readonly flashMost: number;
  readonly ramMost: number;
  /** Instructions for each tick of SysTick when QEMU gives each instruction one nanosecond. */
  readonly instructionsPerTick: number;
}

const mps2 = { flashOrigin: 0x100, ramOrigin: 0x20000000, flashMost: 0x400000 - 0x100, ramMost: 0x400000, instructionsPerTick: 40 };

/** Arm's boards as QEMU has them. Their memories are larger than those of real devices; the linker is told the device's. */
export const coreMachines: Readonly<Record<McuCore, CoreMachine>> = {
  'cortex-m4': { machine: 'mps2-an386', flags: ['-mcpu=cortex-m4', '-mfpu=fpv4-sp-d16', '-mfloat-abi=hard'], ...mps2 },
  'cortex-m7': { machine: 'mps2-an500', flags: ['-mcpu=cortex-m7', '-mfpu=fpv5-sp-d16', '-mfloat-abi=hard'], ...mps2 },
  'cortex-m55': {
    machine: 'mps3-an547',
    flags: ['-mcpu=cortex-m55', '-mfloat-abi=hard'],
    flashOrigin: 0x01000000,
    ramOrigin: 0x21000000,
    flashMost: 0x200000,
    ramMost: 0x400000,
    instructionsPerTick: 31.25,
  },
};
