import { z } from 'zod';
import type { GradedLab } from '../../lab/labs.ts';
import type { QuestionFacts } from '../../run/checker-messages.ts';
import type { LabFacts, LabQuestion } from '../records.ts';

const text = z.union([z.string(), z.array(z.string())]).transform(source => (Array.isArray(source) ? source.join('') : source));
const markSchema = z.object({
  grade_id: z.string().optional(),
  grade: z.boolean().default(false),
  solution: z.boolean().default(false),
  points: z.number().default(0),
});
const notebookSchema = z.object({
  cells: z.array(
    z.object({ cell_type: z.string(), source: text, metadata: z.object({ nbgrader: markSchema.optional().catch(undefined) }).catch({}) }),
  ),
});
type Cell = z.infer<typeof notebookSchema>['cells'][number];

/** What a lab asks: its checks, then the cells of its notebook that hold an answer and are graded, which only people can do. */
export function labFacts(lab: GradedLab, version: string, checked: readonly QuestionFacts[]): LabFacts {
  const { cells } = notebookSchema.parse(JSON.parse(lab.pristine));
  const automatic = checked.map(({ id, title, points }): LabQuestion => ({ question: id, title, points, manual: false }));
  const byHand = cells.flatMap(manualQuestion).filter(({ question }) => !automatic.some(known => known.question === question));
  const tools = [...new Set(checked.flatMap(({ tools = [] }) => tools.map(({ name }) => name)))].sort();
  const facts = { lab: lab.id, title: titleOf(cells) ?? lab.id, version, questions: [...automatic, ...byHand] };
  return tools.length > 0 ? { ...facts, tools } : facts;
}

/** What a notebook alone says about its lab, before anything has loaded the checks: their cells are named ID-check. */
export function factsOfNotebook(lab: GradedLab): LabFacts {
  const { cells } = notebookSchema.parse(JSON.parse(lab.pristine));
  const checks = cells.flatMap(({ metadata: { nbgrader: mark } }) =>
    mark?.grade && !mark.solution && mark.grade_id ? [{ id: mark.grade_id.replace(/-check$/, ''), points: mark.points }] : [],
  );
  return labFacts(
    lab,
    '',
    checks.map(({ id, points }) => ({ id, title: id, points, uses: [], withhold: [] })),
  );
}

function manualQuestion({ source, metadata: { nbgrader: mark } }: Cell): LabQuestion[] {
  if (!mark?.grade || !mark.solution || !mark.grade_id) return [];
  const title = /^#{1,6}\s+(.+)$/m.exec(source)?.[1] ?? mark.grade_id;
  return [{ question: mark.grade_id, title: title.trim(), points: mark.points, manual: true }];
}

const titleOf = (cells: readonly Cell[]): string | undefined =>
  cells.filter(({ cell_type: type }) => type === 'markdown').flatMap(({ source }) => /^#\s+(.+)$/m.exec(source)?.[1]?.trim() ?? [])[0];
