import { type Graph, type Model, realValue } from 'tinylab';

// What a handed-in network is: told by the places of its nodes in the graph, the roles of its parameters and the real numbers that these
// stand for. Nothing here looks at a name, and nothing at what a model says of itself.

/** Names of the kernels, by their places in the graph. */
export const kernelNames = ({ nodes }: Graph): string[] =>
  nodes.flatMap(({ parameters: { kernel } }) => (kernel === undefined ? [] : [kernel]));

const real = (model: Model, name: string): ArrayLike<number> => realValue(model.parameters[name] as Model['parameters'][string]).data;

/** All values by places and roles, as the real numbers that they stand for. */
export const valuesByRole = (model: Model): number[][] =>
  model.nodes.flatMap(({ parameters }) =>
    Object.keys(parameters)
      .sort()
      .map(role => Array.from(real(model, parameters[role] as string))),
  );

/** How many weights of all kernels are not 0. */
export const weightsLeft = (model: Model): number =>
  kernelNames(model).reduce((sum, name) => sum + Array.from(real(model, name)).filter(v => v !== 0).length, 0);

/** Whether every parameter holds the 32-bit numbers that it stands for: no quantization, which no question of this lab asks for. */
export const isFloat = ({ parameters }: Model): boolean =>
  Object.values(parameters).every(({ value, quantization }) => value.dtype === 'float32' && quantization === undefined);

/**
 * Whether training never moved a network that was made of `dense`: all that is not 0 in these roles occurs there at the same node. Means and
 * variances are refreshed without training, so they say nothing.
 */
export function isUnmoved(model: Model, dense: Model, roles: readonly string[]): boolean {
  return model.nodes.every((node, i) =>
    Object.entries(node.parameters).every(([role, name]) => {
      const old = dense.nodes[i]?.parameters[role];
      if (!roles.includes(role) || old === undefined) return true;
      const known = new Set(Array.from(real(dense, old)));
      return Array.from(real(model, name)).every(value => value === 0 || known.has(value));
    }),
  );
}

/** What to tell of a network that training never moved. */
export const unmoved = 'No weight has moved. fit returns a new model and leaves the one that it is given: hand in what fit returns. ';
