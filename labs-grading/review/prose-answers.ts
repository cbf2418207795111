import type { StudentGrade } from '../gradebook/records.ts';
import type { GradedLab } from '../lab/labs.ts';
import { answersIn } from './answer.ts';
import { proseHtml } from './prose.ts';

/** What a student wrote for people, by question, as harmless HTML: answers in words that no check asks and that are not still what was handed out. */
export function proseAnswers(
  { submission, questions }: Pick<StudentGrade, 'submission' | 'questions'>,
  lab: GradedLab,
): Map<string, string> {
  const byPeople = questions.filter(({ automatic }) => automatic === undefined);
  const answers = new Map<string, string>();
  if (!submission || byPeople.length === 0) return answers;
  const answerTo = answersIn(submission.folder, lab);
  for (const { question } of byPeople) {
    const { kind, lines, missing, source, pictures } = answerTo(question);
    const written = missing === undefined && lines.some(line => line.kind === 'added');
    if (kind === 'text' && written) answers.set(question, proseHtml(source, pictures));
  }
  return answers;
}
