import { z } from 'zod';
import { parseHostile } from '../base/json.ts';

/** Read by hand: it stops at the first wrong element, where a schema would note every one of a million. */
const sourceSchema = z.unknown().transform((source, context): string => {
  if (typeof source === 'string') return source;
  if (Array.isArray(source) && source.every(line => typeof line === 'string')) return source.join('');
  context.addIssue({ code: 'custom', message: 'the source is no text' });
  return z.NEVER;
});

const maximumCells = 2_000;

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
  cells: z.array(cellSchema),
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
  const read = parseHostile(text);
  if ('wrong' in read) return read;
  const { cells } = (read.value ?? {}) as { cells?: unknown };
  if (Array.isArray(cells) && cells.length > maximumCells) return { wrong: `more than ${maximumCells} cells` };
  const parsed = notebookSchema.safeParse(read.value);
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
