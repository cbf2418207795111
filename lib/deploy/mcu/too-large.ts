import { LabError } from '../../tensor/errors.ts';
import type { McuSource } from '../emit-c/emit-c.ts';
import { memoryByStep, type StepBytes } from '../plan/by-step.ts';
import type { PlanOptions } from '../plan/plan.ts';
import type { Program } from '../program.ts';
import type { McuBoard } from './cores.ts';
import { mcuDevices } from './devices.ts';

/** What was to fit. */
export interface Wanted {
  readonly program: Program;
  readonly source: McuSource;
  readonly board: McuBoard;
  readonly stackBytes: number;
  readonly plan?: Omit<PlanOptions, 'scratch'> | undefined;
}

/** The error of a network that does not fit, with the step that is to blame and what helps. */
export function explained(error: LabError, wanted: Wanted): LabError {
  const { source, board, stackBytes } = wanted;
  const sram = /bytes of SRAM/.test(error.message);
  const flash = /bytes of flash/.test(error.message);
  const larger = mcuDevices.filter(
    device =>
      device.sram >= source.arenaBytes + stackBytes + 4096 && device.flash >= source.constantBytes * 1.2 && device.name !== board.name,
  );
  const hints = [
    ...(sram
      ? [
          '(await deploy.searchPatches(program)).program computes the layers with the largest images patch by patch, with the same bytes; a smaller image or fewer channels in those layers help too.',
        ]
      : []),
    ...(flash && source.steps.some(({ weightBits }) => weightBits === 16)
      ? ['Weights of 8 bits (weightBits: 8) take half of those of 16.']
      : []),
    ...(flash ? ['Fewer channels have fewer weights.'] : []),
    ...(larger.length > 0 ? [`It may fit in ${larger.map(({ name }) => name).join(', ')}.`] : []),
  ];
  const where = [...(sram ? [peakText(wanted)] : []), ...(flash ? [constantText(wanted)] : [])];
  return new LabError('mcu/does-not-fit', [error.message, ...where].join(' '), hints.join(' '));
}

function peakText({ program, source, plan }: Wanted): string {
  const steps = memoryByStep(program, {
    inPlaceDepthwise: plan?.inPlaceDepthwise ?? true,
    scratch: (_, number) => source.steps[number]?.scratchBytes ?? 0,
  });
  const peak = steps.reduce((most, step) => (step.bytes > most.bytes ? step : most), steps[0] as StepBytes);
  const { name, op, inputs, output, scratch, others, bytes } = peak;
  const parts = [
    `${inputs} that it reads`,
    output > 0 ? `${output} that it writes` : 'its output over them',
    ...(scratch > 0 ? [`${scratch} of its own`] : []),
    ...(others > 0 ? [`${others} that later steps need`] : []),
  ];
  return `The peak is step ${steps.indexOf(peak)}, ${op} ${JSON.stringify(name)}: ${bytes} bytes, ${parts.join(', ')}.`;
}

/** The layer with the most weights. */
function constantText({ program: { steps, tensors } }: Wanted): string {
  const bytes = steps.map(({ inputs }) => inputs.reduce((sum, index) => sum + (tensors[index]?.data?.byteLength ?? 0), 0));
  const most = bytes.indexOf(Math.max(...bytes));
  const step = steps[most];
  const name = tensors[step?.outputs[0] ?? -1]?.name;
  return `The most constants are those of step ${most}, ${step?.op} ${JSON.stringify(name)}: ${bytes[most]} bytes.`;
}
