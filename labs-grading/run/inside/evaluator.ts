// Opens what students handed in and runs their models. It knows no expected value, and it lives no longer than the submission.
import { decode, encode, LabError, type Model, type NDArray, predict, readDeliverable, type Wire } from 'tinylab';
import { type Answer, type Incoming, serve } from './port.ts';

const folder = '/lab/deliverables';
const maximumNodes = 2_000;

/** @throws LabError `deliver/refused` for a graph that is too large or a weight that is no number. */
function assertSound(value: unknown): void {
  if (!isModel(value)) return;
  const refuse = (what: string): never => {
    throw new LabError('deliver/refused', `The model was refused: ${what}.`, 'Hand in the model that training returned.');
  };
  if (value.nodes.length > maximumNodes) refuse(`it has ${value.nodes.length} nodes, at most ${maximumNodes} are evaluated`);
  for (const [name, { value: weights }] of Object.entries(value.parameters)) {
    if (weights.dtype === 'float32' && !weights.data.every(Number.isFinite)) refuse(`parameter ${name} holds values that are not finite`);
  }
}

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && 'nodes' in value && 'parameters' in value && Array.isArray(value.nodes);
}

function answer({ op, name, model, inputs }: Incoming): Wire {
  if (op === 'predict') return encode(predict(decode(model) as Model, decode(inputs) as NDArray));
  const value = readDeliverable(folder, String(name));
  assertSound(value);
  return encode(value);
}

async function respond(request: Incoming): Promise<Answer> {
  if (request.op === 'ready') return { ok: true, value: null };
  try {
    return { ok: true, value: answer(request) };
  } catch (error) {
    const { code, message, hint } = error instanceof LabError ? error : new LabError('', String(error), '');
    const kind = code === 'deliver/missing' ? 'missing' : 'refused';
    return { ok: false, fault: { kind, message: message.slice(0, 2_000), ...(hint && { hint: hint.slice(0, 2_000) }) } };
  }
}

serve(respond);
