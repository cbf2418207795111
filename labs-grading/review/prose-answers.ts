import type { StudentGrade } from '../gradebook/records.ts';
import type { GradedLab } from '../lab/labs.ts';
import { answerIn } from './answer.ts';
import { proseHtml } from './prose.ts';

/** What a student wrote for people, by question, as harmless HTML: answers in words that no check asks and that are not still what was handed out. */
export function proseAnswers(
  { submission, questions }: Pick<StudentGrade, 'submission' | 'questions'>,
  lab: GradedLab,
): Map<string, string> {
  const byPeople = questions.filter(({ automatic }) => automatic === undefined);
  const answers = new Map<string, string>();
  for (const { question } of submission ? byPeople : []) {
    const { kind, lines, missing, source, pictures } = answerIn(submission?.folder ?? '', lab, question);
    const written = missing === undefined && lines.some(line => line.kind === 'added');
    if (kind === 'text' && written) answers.set(question, proseHtml(source, pictures));
  }
  return answers;
}
