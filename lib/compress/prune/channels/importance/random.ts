import { random } from '../../../../tensor/random.ts';
import type { ChannelImportance } from './importance.ts';

/** Uniform scores in [0, 1), a stream for each group: the control that every criterion has to beat. */
export function randomChannels(options: { readonly seed: number }): ChannelImportance {
  return (_, { name, channels }) => {
    const rng = random(options.seed).split(name);
    return Float64Array.from({ length: channels }, () => rng.next());
  };
}
