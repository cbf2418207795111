import { kernelHost } from './host.ts';
import { tf } from './tfjs.ts';

/** The parts of the engine's state that a forced termination leaves behind. */
interface EngineState {
  scopeStack: unknown[];
  activeTape: { readonly saved?: readonly tf.Tensor[] | null }[] | null;
  gradientDepth: number;
  kernelDepth: number;
}

/**
 * Brings the tensor engine back to rest after code was stopped in the middle of a scope or a gradient: open scopes are closed (their
 * tensors disposed), the half-made tape is dropped. A termination skips every `finally`, so the engine cannot do this itself.
 */
export function repairEngine(): void {
  const engine = tf.engine();
  const state = engine.state as unknown as EngineState;
  state.gradientDepth = 0;
  state.kernelDepth = 0;
  discardTape();
  while (state.scopeStack.length > 0) engine.endScope();
}

/**
 * Drops what a failed gradient computation left on the tape, disposing the tensors saved for the way back. The engine itself does so only
 * after success. Does nothing inside a gradient.
 */
export function discardTape(): void {
  const state = tf.engine().state as unknown as EngineState;
  if (state.gradientDepth > 0) return;
  for (const node of state.activeTape ?? []) tf.dispose([...(node.saved ?? [])]);
  state.activeTape = null;
}

kernelHost()?.onTerminate(repairEngine);
