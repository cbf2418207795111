import { LabError } from '../tensor/errors.ts';
import { kernelHost } from '../tensor/host.ts';

/**
 * A function to await between pieces of long work. It gives the event loop a turn (interrupts arrive there, and collected uploads are released), then
 * stops the work if the signal has fired: in a notebook the interrupt button's, unless another is given.
 * @throws LabError `train/interrupted` from the function that is returned.
 */
export function turns(signal: AbortSignal | undefined = kernelHost()?.signal()): () => Promise<void> {
  return async () => {
    await new Promise(resolve => setImmediate(resolve));
    if (!signal?.aborted) return;
    throw new LabError('train/interrupted', 'Training was interrupted; no model was returned.', 'Run it again to start over.');
  };
}
