import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import { kernelHost } from '../tensor/host.ts';
import { tf } from '../tensor/tf.ts';
import { download, upload } from '../tensor/upload.ts';
import { deliverablesFolder } from './deliver.ts';
import { readDeliverable } from './deliverable.ts';
import { responder, type Scope, type TensorSide } from './respond.ts';
import { type Channel, faultOf, type Session, sessionOver } from './session.ts';
import { isStaff } from './staff.ts';
import { StudentFault } from './student-fault.ts';
import { withhold } from './withhold.ts';

/** Tensors on the student's side: uploads for arguments, read-outs of results, and the end of both. */
export const tensorSide: TensorSide = {
  upload: (value: NDArray): unknown => upload(value),
  download: (value: object): NDArray | undefined => (value instanceof tf.Tensor ? download(value) : undefined),
  dispose: disposeAll,
};

/** Disposes tensors in a returned value: itself, or inside of lists and plain records. Typed arrays and models hold none. */
function disposeAll(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > 4) return;
  if (value instanceof tf.Tensor) {
    if (!value.isDisposed) value.dispose();
    return;
  }
  const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (plain) for (const item of Object.values(value)) disposeAll(item, depth + 1);
}

/** A session with names of this same process. Values pass through the codec both ways, exactly as they do in the grader. */
export function localSession(scope: Scope, options: { deliverables?: string } = {}): Session {
  const send = responder(scope, { tensors: tensorSide, withhold, isStaff });
  const channel: Channel = { send, deliverable: async name => delivered(options.deliverables ?? deliverablesFolder(), name) };
  return sessionOver(channel, { tensor: tensorSide.download });
}

function delivered(folder: string, name: string): unknown {
  try {
    return readDeliverable(folder, name);
  } catch (error) {
    const missing = error instanceof LabError && error.code === 'deliver/missing';
    throw new StudentFault(faultOf(missing ? 'missing' : 'refused', error));
  }
}

/**
 * A session with the notebook's cells.
 * @throws LabError `check/no-kernel` outside of a notebook.
 */
export function kernelSession(): Session {
  const host = kernelHost();
  if (host) return localSession({ lookup: name => host.lookup(name) });
  throw new LabError(
    'check/no-kernel',
    'check() looks at the cells of a notebook, and none runs here.',
    'In a terminal: npx tinylab check FILE.ipynb',
  );
}
