import type { Graph } from '../model/model.ts';
import { trace } from '../model/shapes.ts';

/** Names of the running statistics: what training mode replaces and no gradient changes. */
export function statisticsOf(graph: Graph): ReadonlySet<string> {
  const names = trace(graph).flatMap(({ node, parameters }) =>
    Object.entries(parameters).flatMap(([role, { trainable }]) => (trainable ? [] : [node.parameters[role] as string])),
  );
  return new Set(names);
}
