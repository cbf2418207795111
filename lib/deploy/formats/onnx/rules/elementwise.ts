import type { ProgramTensor } from '../../../program.ts';
import { refuseOnnx } from '../refuse.ts';
import type { StepWriter } from '../step-writer.ts';
import type { OnnxRule } from './rule.ts';

/** Two values of one rank, which ONNX has in one order. */
function pairOf({ inputs, output, real }: StepWriter): readonly string[] {
  const ranks = new Set([...inputs, output].map(tensor => tensor?.shape.length));
  if (ranks.size > 1)
    refuseOnnx(`${output.name} is computed of values of ${[...ranks].join(' and ')} axes.`, 'Give both values as many axes.');
  return [real(0), real(1)];
}

const onReals = (opType: string): OnnxRule => ({
  write: step => void step.store(step.node({ part: 'pair', op: opType }, pairOf(step))),
  read: () => ({}),
});

export const add: OnnxRule = onReals('Add');
export const subtract: OnnxRule = onReals('Sub');
export const multiply: OnnxRule = onReals('Mul');
export const minimum: OnnxRule = onReals('Min');
export const maximum: OnnxRule = onReals('Max');

const ofReal = (opType: string): OnnxRule => ({
  write: step => void step.store(step.node({ part: 'function', op: opType }, [step.real(0)])),
  read: () => ({}),
});

export const sigmoid: OnnxRule = ofReal('Sigmoid');
export const tanh: OnnxRule = ofReal('Tanh');

/** From one grid to another, by way of real numbers. */
export const requantize: OnnxRule = { write: step => void step.store(step.real(0)), read: () => ({}) };
/** QuantizeLinear itself. */
export const quantize: OnnxRule = { write: step => void step.store(step.value(0)), read: () => ({}) };
/** DequantizeLinear itself. */
export const dequantize: OnnxRule = { write: step => void step.real(0), read: () => ({}) };

/** A table by Gather, whose rows count from 0. */
export const lookup: OnnxRule = {
  write(step) {
    const place = step.node({ part: 'wide', op: 'Cast' }, [step.value(0)], { to: 6 });
    const signed = (step.inputs[0] as ProgramTensor).type === 'int8';
    const row = signed
      ? step.node({ part: 'place', op: 'Add' }, [place, step.numbers('first', { type: 'int32', data: Int32Array.of(128), shape: [] })])
      : place;
    step.node({ part: 'entry', op: 'Gather' }, [step.value(1), row], { axis: 0 });
  },
  read: () => ({}),
};
