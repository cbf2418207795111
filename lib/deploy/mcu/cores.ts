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
  /** Cycles that an instruction of a network takes on the average, to model time with. */
  readonly cyclesPerInstruction: number;
}

const mps2 = { flashOrigin: 0x100, ramOrigin: 0x20000000, flashMost: 0x400000 - 0x100, ramMost: 0x400000, instructionsPerTick: 40 };

/**
 * Arm's boards as QEMU has them. Their memories are larger than those of real devices; the linker is told the device's. Cycles for each instruction: M7 from one
 * network, MCUNet of 33.45 million instructions in 51 ms at 480 MHz (TinyEngine's published time, which includes two instructions in one cycle); M4 and M55
 * are guesses from their manuals, with loads of two cycles, jumps that refill the pipeline, and vectors of 128 bits that take two cycles.
 */
export const coreMachines: Readonly<Record<McuCore, CoreMachine>> = {
  'cortex-m4': {
    machine: 'mps2-an386',
    flags: ['-mcpu=cortex-m4', '-mfpu=fpv4-sp-d16', '-mfloat-abi=hard'],
    ...mps2,
    cyclesPerInstruction: 1.2,
  },
  'cortex-m7': {
    machine: 'mps2-an500',
    flags: ['-mcpu=cortex-m7', '-mfpu=fpv5-sp-d16', '-mfloat-abi=hard'],
    ...mps2,
    cyclesPerInstruction: 0.73,
  },
  'cortex-m55': {
    machine: 'mps3-an547',
    flags: ['-mcpu=cortex-m55', '-mfloat-abi=hard'],
    flashOrigin: 0x01000000,
    ramOrigin: 0x21000000,
    flashMost: 0x200000,
    ramMost: 0x400000,
    instructionsPerTick: 31.25,
    cyclesPerInstruction: 1.5,
  },
};
