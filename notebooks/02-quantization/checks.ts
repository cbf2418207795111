import { lab } from 'tinylab';
import { awqQuestion } from './awq.ts';
import { beyondQuestions } from './beyond.ts';
import { codebookQuestions } from './codebook.ts';
import { depthwiseQuestions } from './depthwise.ts';
import { foldingQuestions } from './folding.ts';
import { integerQuestions } from './integer.ts';
import { linearQuestions } from './linear.ts';
import { networkQuestions } from './networks.ts';
import { staffAnswers } from './staff.ts';

export default lab(
  '02-quantization',
  [
    ...codebookQuestions,
    ...linearQuestions,
    ...foldingQuestions,
    ...integerQuestions,
    ...beyondQuestions,
    ...networkQuestions,
    ...depthwiseQuestions,
    awqQuestion,
  ],
  {
    staff: staffAnswers,
  },
);
