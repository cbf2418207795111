import { questionsIn } from './looks.mjs';

const anyOf = (cells, names) => new Set(cells.flatMap(names));

/**
 * What is told of a notebook that is of another lab than the one that is graded; undefined for one of this lab, however little of it is left.
 * It is another's when more questions of other labs are in it than of this one, or nothing of this lab at all.
 */
export function isAnotherLab(released, submitted, match) {
  const named = submitted.lab;
  if (named !== undefined && named === released.lab) return undefined;
  const other = named !== undefined && released.lab !== undefined;
  const what = other ? `it is the notebook of ${named}` : 'it is another notebook';
  const marks = anyOf(released.cells, ({ gradeId }) => gradeId ?? []);
  const asked = anyOf(released.cells, questionsIn);
  const strangeMarks = anyOf(submitted.cells, ({ solution, gradeId, gone }) =>
    solution && gradeId && !gone && !marks.has(gradeId) ? [gradeId] : [],
  );
  const questions = anyOf(submitted.cells, questionsIn);
  const ownQuestions = [...questions].filter(question => asked.has(question)).length;
  const foreign = Math.max(strangeMarks.size, asked.size > 0 ? questions.size - ownQuestions : 0);
  const own = Math.max(match.answered.length, ownQuestions);
  if (foreign > 0 && foreign > (other ? own - 1 : 2 * own)) return `${what}: ${foreign} of its questions are none of this lab`;
  const anything = own > 0 || (!other && [...match.found.values()].some(found => found.length > 0));
  return anything ? undefined : `${what}: nothing of this lab is in it`;
}
