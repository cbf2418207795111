import { ByteWriter } from './bytes.ts';
import { limitFunction } from './limit-function.ts';
import { countOf, exportGlobals, extended, functionTypes, i64Global, parameterCounts, writeModule } from './module.ts';
import { bodiesOf, sectionIds, sectionsOf } from './sections.ts';

/** Name of the exported global with the instructions that a limited module may still do; it is below 0 once they were too many. */
export const instructionsLeft = 'tinylab left';

/**
 * Writes a module anew so that it stops when it has done as many instructions as the global `instructionsLeft` says: the same ones each time, on every machine.
 * The module must be one that `assertLoop` lets through.
 */
export function limit(binary: Uint8Array): Uint8Array {
  const parts = sectionsOf(binary);
  const types = parameterCounts(parts.get(sectionIds.type));
  const declared = functionTypes(parts.get(sectionIds.function));
  const left = countOf(parts.get(sectionIds.global));
  const bodies = bodiesOf(parts.get(sectionIds.code));
  const code = new ByteWriter().unsigned(bodies.length);
  for (const [i, body] of bodies.entries()) code.sized(limitFunction(body, { parameters: types[declared[i] as number] as number, left }));
  return writeModule(binary, parts, {
    [sectionIds.global]: extended(parts.get(sectionIds.global), [i64Global]),
    [sectionIds.export]: exportGlobals(parts.get(sectionIds.export), { first: left, names: [instructionsLeft], moved: 0 }),
    [sectionIds.code]: code,
  });
}
