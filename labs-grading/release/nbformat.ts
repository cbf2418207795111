import { z } from 'zod';
import { GraderError } from '../base/grader-error.ts';
import { type Cell, markOf } from './cells.ts';

/** Metadata of every notebook of the course. */
const notebookMetadata = {
  kernelspec: { display_name: 'TypeScript (TinyLab)', language: 'typescript', name: 'tinylab' },
  language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
};

/** Which lab a notebook is of, in which version; students hand it in with their answers. */
export interface VersionPin {
  readonly lab: string;
  readonly version: string;
}

/** Writes cells as a notebook of format 4.5 without outputs: sorted keys, one space of indentation, as Jupyter saves it. */
export function formatNotebook(cells: readonly Cell[], pin?: VersionPin): string {
  const ids = cellIds(cells);
  const json = {
    cells: cells.map((cell, i) => ({
      cell_type: cell.type,
      ...(cell.type === 'code' ? { execution_count: null } : {}),
      id: ids[i],
      metadata: sorted(cell.metadata),
      ...(cell.type === 'code' ? { outputs: [] } : {}),
      source: cell.source.split(/(?<=\n)/).filter(line => line !== ''),
    })),
    metadata: { ...notebookMetadata, ...(pin && { tinylab: { lab: pin.lab, version: pin.version } }) },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(json, null, 1)}\n`;
}

/** Cell ids stay the same from one release to the next: the grade id, or the cell's place since the last marked cell. */
function cellIds(cells: readonly Cell[]): string[] {
  let before = 'start';
  let count = 0;
  return cells.map(cell => {
    const gradeId = markOf(cell)?.grade_id;
    if (gradeId !== undefined) {
      before = gradeId;
      count = 0;
      return gradeId.slice(0, 64);
    }
    count += 1;
    return `${before.slice(0, 56)}_${count}`;
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map(key => [key, sorted(record[key])]),
  );
}

const notebookSchema = z.object({
  nbformat: z.literal(4),
  cells: z.array(
    z.object({
      cell_type: z.enum(['code', 'markdown', 'raw']),
      source: z.union([z.string(), z.array(z.string())]),
      metadata: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

/**
 * Reads the cells of a notebook; outputs are dropped.
 * @throws GraderError when the text is no notebook of format 4.
 */
export function parseNotebook(text: string, file: string): Cell[] {
  const parsed = z
    .string()
    .transform((json, context) => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        context.addIssue('it is not JSON');
        return z.NEVER;
      }
    })
    .pipe(notebookSchema)
    .safeParse(text);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = `no notebook of format 4: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
    throw new GraderError('lab/problems', [{ rule: 'format', file, message }]);
  }
  return parsed.data.cells.map(({ cell_type: type, source, metadata }) => ({
    type,
    metadata,
    source: Array.isArray(source) ? source.join('') : source,
  }));
}
