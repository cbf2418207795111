import type { Graph, Model } from '../../model/model.ts';
import { inferShapes } from '../../model/shapes.ts';
import { LabError } from '../../tensor/errors.ts';
import type { Shape } from '../../tensor/shape.ts';

/** A value that a network computes: that of a node. */
export interface Place {
  /** The network, with or without its values. */
  readonly model: Graph;
  /** Id of the node; by default the one whose value `forward` returns. */
  readonly node?: string;
}

/** A network with its values, and a node of it. */
export interface ModelPlace extends Place {
  readonly model: Model;
}

/** What is compared: a value of the student with one of the teacher. */
export interface PlacePair {
  readonly student: Place;
  readonly teacher: Place;
}

/** A place that is known to be there. */
export interface FoundPlace {
  readonly id: string;
  /** Shape of its value, without the batch axis. */
  readonly shape: Shape;
}

/**
 * Node and shape of a place.
 * @throws LabError `distill/node` for a node that the network lacks.
 */
export function foundPlace({ model, node = model.output }: Place): FoundPlace {
  const shape = inferShapes(model).get(node);
  if (shape) return { id: node, shape };
  throw new LabError(
    'distill/node',
    `Network ${model.name} has no node ${node}.`,
    `It has: ${model.nodes.map(({ id }) => id).join(', ')}.`,
  );
}

/** Both places of a pair. */
export function foundPair({ student, teacher }: PlacePair): { readonly student: FoundPlace; readonly teacher: FoundPlace } {
  return { student: foundPlace(student), teacher: foundPlace(teacher) };
}

/**
 * Refuses places whose shapes a match cannot compare.
 * @throws LabError `distill/shape`, with what is expected of both.
 */
export function assertComparable(
  what: string,
  pair: PlacePair,
  { fits, expected }: { fits: (student: Shape, teacher: Shape) => boolean; expected: string },
): void {
  const { student, teacher } = foundPair(pair);
  if (fits(student.shape, teacher.shape)) return;
  throw new LabError(
    'distill/shape',
    `${what}: the student's ${student.id} [${student.shape.join(', ')}] and the teacher's ${teacher.id} [${teacher.shape.join(', ')}] cannot be compared.`,
    expected,
  );
}
