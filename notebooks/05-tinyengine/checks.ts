import { lab } from 'tinylab';
import { fusionQuestion } from './fusion.ts';
import { hierarchyQuestion } from './hierarchy.ts';
import { im2colQuestion } from './im2col.ts';
import { inPlaceQuestion } from './in-place.ts';
import { convolution, fourBits } from './int8.ts';
import { layoutQuestion } from './layouts.ts';
import { scheduleQuestion } from './mcu.ts';
import { networkQuestion } from './network.ts';
import { patchQuestions } from './patches.ts';
import { plannerQuestion } from './planner.ts';
import { productQuestions } from './products.ts';
import { simdQuestion } from './simd.ts';
import { staffAnswers } from './staff.ts';
import { winogradQuestion } from './winograd.ts';

export default lab(
  '05-tinyengine',
  [
    hierarchyQuestion,
    layoutQuestion,
    ...productQuestions,
    im2colQuestion,
    simdQuestion,
    winogradQuestion,
    inPlaceQuestion,
    plannerQuestion,
    fusionQuestion,
    ...patchQuestions,
    scheduleQuestion,
    convolution,
    networkQuestion,
    fourBits,
  ],
  { staff: staffAnswers },
);
