import { lab } from 'tinylab';
import { budgetQuestion } from './budget.ts';
import { frozenQuestion } from './frozen.ts';
import { gradientQuestion } from './gradient.ts';
import { lossQuestion } from './loss.ts';
import { secondHalf } from './second-half.ts';
import { softenQuestion } from './soften.ts';
import { staffAnswers } from './staff.ts';
import { studentQuestions } from './students.ts';

export default lab(
  '04-distillation',
  [softenQuestion, lossQuestion, gradientQuestion, frozenQuestion, budgetQuestion, ...studentQuestions, ...secondHalf],
  {
    staff: staffAnswers,
  },
);
