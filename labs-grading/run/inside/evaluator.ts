// Opens what students handed in and runs their models. It knows no expected value, and it lives no longer than the submission.
import './tensorflow.cjs';
import { checkedModel, decode, encode, LabError, type ModelLimits, type NDArray, predict, readDeliverable, type Wire } from 'tinylab';
import { type Answer, type Incoming, serve } from './port.ts';

const folder = '/lab/deliverables';
/** What a handed-in model may hold; everything is inferred from its graph and compared before anything runs. */
const limits: ModelLimits = { nodes: 2_000, bytes: 64 * 2 ** 20, values: 2 ** 24, finite: true };

function answer({ op, name, model, inputs }: Incoming): Wire {
  if (op === 'predict') return encode(predict(checkedModel(decode(model), limits), decode(inputs) as NDArray));
  return encode(readDeliverable(folder, String(name), limits));
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
