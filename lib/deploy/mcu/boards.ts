import { LabError } from '../../tensor/errors.ts';
import type { McuBoard } from './cores.ts';

const [kilobyte, megabyte] = [1024, 1024 * 1024];

/** Microcontrollers by name, with memory and clock as their makers say: STMicroelectronics' data sheets DS11139, DS10916 and DS12110; of Cortex-M55 what Arm's MPS3 board has. */
export const mcuBoards: Readonly<Record<string, McuBoard>> = Object.fromEntries(
  (
    [
      ['STM32F412', 'cortex-m4', 256 * kilobyte, megabyte, 100e6],
      ['STM32F746', 'cortex-m7', 320 * kilobyte, megabyte, 216e6],
      ['STM32H743', 'cortex-m7', 512 * kilobyte, 2 * megabyte, 480e6],
      ['Cortex-M55', 'cortex-m55', megabyte, 2 * megabyte, 160e6],
    ] as const
  ).map(([name, core, sram, flash, clockHz]) => [name, { name, core, sram, flash, clockHz }]),
);

/** A board by its name. @throws LabError `mcu/device` for a name that is none. */
export function boardOf(device: string | McuBoard): McuBoard {
  if (typeof device !== 'string') return device;
  const found = Object.hasOwn(mcuBoards, device) ? mcuBoards[device] : undefined;
  if (found) return found;
  throw new LabError('mcu/device', `There is no device ${JSON.stringify(device)}.`, `Devices: ${Object.keys(mcuBoards).join(', ')}.`);
}
