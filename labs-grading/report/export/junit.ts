import { create } from 'xmlbuilder2';
import type { LabGrades, StudentGrade } from '../../gradebook/records.ts';
import { isSettled, standingOf, standingText } from '../../gradebook/standing.ts';
import { feedbackOf } from '../feedback/feedback.ts';
import { type Exporter, rounded } from './exported.ts';
import { atMost, questionText } from './question-text.ts';

/** JUnit XML: a suite for each student, a case for each question. Less than full points is a failure, what nobody has graded is skipped. */
export const exportJunit: Exporter = grades => {
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\ufffd' }).ele('testsuites', {
    name: grades.title,
  });
  for (const grade of grades.students) suite(document, grades, grade);
  return { files: [{ name: `${grades.lab}-junit.xml`, content: `${document.end({ prettyPrint: true })}\n` }], notes: [] };
};

type Node = ReturnType<typeof create>;

function suite(document: Node, grades: LabGrades, grade: StudentGrade): void {
  const { student, grading, submission } = grade;
  const { questions } = feedbackOf(grades, grade);
  const graded = isSettled(grade) && submission !== undefined;
  const wrong = graded ? questions.filter(({ score, maximum }) => score < maximum).length : 0;
  const node = document.ele('testsuite', {
    name: student.id,
    tests: questions.length,
    failures: wrong,
    errors: 0,
    skipped: graded ? 0 : questions.length,
    ...(submission && { timestamp: submission.submittedAt }),
    time: (grading?.wallMs ?? 0) / 1000,
  });
  for (const question of questions) {
    const each = node.ele('testcase', { classname: grades.lab, name: question.title || question.id, time: 0 });
    const points = `${rounded(question.score)} of ${rounded(question.maximum)} points`;
    if (!graded) each.ele('skipped', { message: standingText(standingOf(grade)) });
    else if (question.score < question.maximum)
      each.ele('failure', { message: points, type: question.state }).txt(atMost(questionText(question), 20_000));
    else each.ele('system-out').txt(points);
  }
}
