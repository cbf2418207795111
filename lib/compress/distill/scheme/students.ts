import { firstInput, type Graph } from '../../../model/model.ts';
import { inferShapes } from '../../../model/shapes.ts';
import { LabError } from '../../../tensor/errors.ts';
import { type Shape, sameShape } from '../../../tensor/shape.ts';

/**
 * Refuses networks that cannot speak of the same images in the same classes.
 * @throws LabError `distill/shape` unless all take inputs of one shape and give logits [classes] of the same two classes or more.
 */
export function assertSameClasses(what: string, networks: readonly Graph[]): void {
  const [first] = networks;
  if (!first) return;
  const classes = outputOf(first);
  for (const network of networks) {
    const [input, output] = [firstInput(network).shape, outputOf(network)];
    if (sameShape(input, firstInput(first).shape) && output.length === 1 && (output[0] as number) > 1 && output[0] === classes[0]) continue;
    throw new LabError(
      'distill/shape',
      `${what}: ${network.name} makes [${output.join(', ')}] of [${input.join(', ')}], and ${first.name} makes [${classes.join(', ')}] of [${firstInput(first).shape.join(', ')}].`,
      'All take the same images and give logits of the same two classes or more.',
    );
  }
}

const outputOf = (graph: Graph): Shape => inferShapes(graph).get(graph.output) as Shape;
