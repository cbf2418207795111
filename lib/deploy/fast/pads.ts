import type { Program, Step } from '../program.ts';

interface PadAttributes {
  readonly paddings: readonly number[];
  readonly value: number;
}

interface SlidingAttributes {
  readonly padding: readonly [top: number, left: number];
  readonly inputZeroPoint: number;
}

const slides = (op: string): boolean => op === 'conv2d' || op === 'depthwise-conv2d';

/** The border of an image that `step` adds, or undefined when it pads other axes. */
function borderOf({ op, attributes }: Step): { readonly top: number; readonly left: number; readonly value: number } | undefined {
  if (op !== 'pad') return undefined;
  const { paddings, value } = attributes as unknown as PadAttributes;
  if (paddings.length !== 8 || [0, 1, 6, 7].some(i => paddings[i] !== 0)) return undefined;
  return { top: paddings[2] as number, left: paddings[4] as number, value };
}

/**
 * The program without pads around images that only convolutions read, where the border holds their input's zero point: a convolution has such a border of its
 * own, which nobody writes to memory. What comes out is the same.
 */
export function withoutPads(program: Program): Program {
  const { steps, outputs } = program;
  const gone = new Map<number, { readonly from: number; readonly top: number; readonly left: number }>();
  for (const step of steps) {
    const border = borderOf(step);
    const [from, to] = [step.inputs[0] as number, step.outputs[0] as number];
    if (!border || program.tensors[from]?.data || outputs.includes(to)) continue;
    const readers = steps.filter(({ inputs }) => inputs.includes(to));
    const own = ({ op, inputs, attributes }: Step): boolean =>
      slides(op) && inputs.lastIndexOf(to) === 0 && (attributes as unknown as SlidingAttributes).inputZeroPoint === border.value;
    if (readers.length > 0 && readers.every(own)) gone.set(to, { from, ...border });
  }
  const moved = (step: Step): Step => {
    const [first, ...others] = step.inputs;
    const pad = gone.get(first as number);
    if (!pad) return step;
    const [top, left] = (step.attributes as unknown as SlidingAttributes).padding;
    return { ...step, inputs: [pad.from, ...others], attributes: { ...step.attributes, padding: [top + pad.top, left + pad.left] } };
  };
  return { ...program, steps: steps.filter(({ outputs: [to] }) => !gone.has(to as number)).map(moved) };
}
