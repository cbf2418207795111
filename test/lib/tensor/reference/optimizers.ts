/** One weight's update, written as in the papers; `state` is changed. `step` counts from 1. */
export type Rule = (w: number, g: number, context: { state: Record<string, number>; rate: number; decay: number; step: number }) => number;

export const sgd: Rule = (w, g, { rate, decay }) => w - rate * (g + decay * w);

export const momentum =
  (mu: number, nesterov: boolean): Rule =>
  (w, g, { state, rate, decay }) => {
    const slope = g + decay * w;
    const v = mu * (state.v ?? 0) + slope;
    state.v = v;
    return w - rate * (nesterov ? slope + mu * v : v);
  };

export const adam =
  ({
    decoupled,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-7,
  }: {
    decoupled: boolean;
    beta1?: number;
    beta2?: number;
    epsilon?: number;
  }): Rule =>
  (w, g, { state, rate, decay, step }) => {
    const slope = decoupled ? g : g + decay * w;
    const start = decoupled ? w * (1 - rate * decay) : w;
    const m = beta1 * (state.m ?? 0) + (1 - beta1) * slope;
    const v = beta2 * (state.v ?? 0) + (1 - beta2) * slope * slope;
    Object.assign(state, { m, v });
    return start - (rate * (m / (1 - beta1 ** step))) / (Math.sqrt(v / (1 - beta2 ** step)) + epsilon);
  };
