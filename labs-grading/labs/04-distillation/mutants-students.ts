import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

// Known mistakes in the students that are handed in, and in what is read off them.

const trained = 'return fit(\n    studentNet(seed),\n    { inputs: images, targets },';
const [distilled, further] = [slipsIn('distilled'), slipsIn('further')];
const [agreement, confidence] = [slipsIn('agreement'), slipsIn('confidence')];

export const studentMutants: readonly KnownMistake[] = [
  distilled('never trained', 'They are no better than chance', [trained, `return studentNet(seed);\n  ${trained}`]),
  distilled('the teacher itself', 'Too many parameters', [trained, `return teacher;\n  ${trained}`]),
  distilled(
    'one seed for all',
    'The seed is not used',
    [trained, trained.replace('seed', '0')],
    ['{ ...training(seed), loss }', '{ ...training(0), steps: 20, loss }'],
  ),
  distilled('a negligible share of the teacher', 'They are as good as without a teacher', ['alpha: 0.9', 'alpha: 0.001']),
  further('the 1,000 images', 'More is in the further images', [
    'const examples = { inputs: train.images, targets: targetsOf(saidOfAll()) };',
    'const { images } = labelled;\n  const examples = { inputs: images, targets: targetsOf(predict(teacher, images)) };',
  ]),
  agreement('accuracy', 'That is its accuracy', ['k === said500[i]', 'k === test.labels.data[i]']),
  agreement('differing', 'That is how often they differ', ['k === said500[i]', 'k !== said500[i]']),
  agreement('per cent', 'Give a share from 0 to 1', [').length / 500', ').length / 5']),
  confidence('temperature left on', 'The temperature of the training is left on', ['softmax(row, 1)', 'softmax(row, 4)']),
  confidence('of the teacher', 'That is how sure the teacher is', ['logitRows(further[0]!,', 'logitRows(teacher,']),
];
