// Opens what students handed in, runs their models, and compiles and calls their loops. It knows no expected value, and it lives no longer than the submission.
import './tensorflow.cjs';
import { LabError } from 'tinylab';
import { encode, readDeliverable } from 'tinylab/grading';
import { asked, caps } from './deliverables/kinds.ts';
import { askedLoop } from './loops.ts';
import { type Answer, type Incoming, serve } from './port.ts';

const folder = '/lab/deliverables';

async function respond(request: Incoming): Promise<Answer> {
  if (request.op === 'ready') return { ok: true, value: null };
  try {
    if (request.op === 'loop') return { ok: true, value: await askedLoop(request) };
    const value = asked(request.op)?.(request) ?? encode(readDeliverable(folder, String(request.name), caps));
    return { ok: true, value };
  } catch (error) {
    const { code, message, hint } = error instanceof LabError ? error : new LabError('', String(error), '');
    const kind = code === 'deliver/missing' ? 'missing' : 'refused';
    return { ok: false, fault: { kind, message: message.slice(0, 2_000), ...(hint && { hint: hint.slice(0, 2_000) }) } };
  }
}

serve(respond);
