import { z } from 'zod';

const sourceSchema = z.union([z.string(), z.array(z.string())]).transform(source => (Array.isArray(source) ? source.join('') : source));

const markSchema = z.object({
  grade_id: z.string().max(200).optional(),
  solution: z.boolean().optional(),
  grade: z.boolean().optional(),
  locked: z.boolean().optional(),
});

const cellSchema = z.object({
  id: z.string().max(200).optional(),
  cell_type: z.string().max(50),
  source: sourceSchema,
  metadata: z.object({ nbgrader: markSchema.optional().catch(undefined) }).catch({}),
});

const pinSchema = z.object({ tinylab: z.object({ version: z.string().max(100) }) });

const notebookSchema = z.object({
  nbformat: z.literal(4),
  cells: z.array(cellSchema).max(2_000),
  metadata: pinSchema.optional().catch(undefined),
});

/** One cell, as far as grading cares. */
export interface NotebookCell {
  readonly id: string | undefined;
  readonly type: string;
  readonly source: string;
  readonly gradeId: string | undefined;
  readonly solution: boolean;
  readonly grade: boolean;
}

/** The cells of notebook text and the version of the lab that it names, or what is wrong with it. Everything else of the file (outputs, metadata, attachments) is dropped. */
export function parseNotebook(text: string): { cells: NotebookCell[]; version?: string } | { wrong: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { wrong: 'not JSON' };
  }
  const parsed = notebookSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { wrong: `no notebook of format 4: ${issue?.path.join('.') || 'top level'}: ${issue?.message}` };
  }
  const version = parsed.data.metadata?.tinylab.version;
  return { cells: parsed.data.cells.map(toCell), ...(version !== undefined && { version }) };
}

function toCell({ id, cell_type: type, source, metadata }: z.infer<typeof cellSchema>): NotebookCell {
  const mark = metadata.nbgrader;
  return { id, type, source, gradeId: mark?.grade_id, solution: mark?.solution ?? false, grade: mark?.grade ?? false };
}
