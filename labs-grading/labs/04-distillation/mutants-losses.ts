import { type KnownMistake, slipsIn } from '../../lab/mutant.ts';

// Known mistakes in softened outputs, the loss and its gradient.

const [soften, loss] = [slipsIn('soften'), slipsIn('loss')];
const teacherSide = '(alpha * temperature ** 2 * soft) / n';
const term = 'p * (Math.log(p) - Math.log(ps[k]!))';

export const lossMutants: readonly KnownMistake[] = [
  soften('overflows', 'e to the power of 900 is Infinity', ['(logit - top)', 'logit']),
  soften('multiplies', 'You multiplied by T', ['(logit - top) / temperature', '(logit - top) * temperature']),
  soften('no temperature', 'The temperature is missing', ['(logit - top) / temperature', 'logit - top']),
  soften(
    'divides probabilities',
    'You divided probabilities by T',
    ['(logit - top) / temperature', 'logit - top'],
    ['e / sum', 'e / sum / temperature'],
  ),
  soften('not normalised', 'These are powers of e', ['Math.max(...logits)', '0'], ['e / sum', 'e']),
  loss('no T²', 'T² is missing', [teacherSide, '(alpha * soft) / n']),
  loss('T for T²', 'multiplied by T², not by T', [teacherSide, '(alpha * temperature * soft) / n']),
  loss('reversed', 'The teacher comes first', [term, 'ps[k]! * (Math.log(ps[k]!) - Math.log(p))']),
  loss('cross-entropy', 'That is the cross-entropy with the teacher', [term, '-p * Math.log(ps[k]!)']),
  loss('summed', 'You added up the images', ['const n = labels.length', 'const n = 1']),
  loss('mean over classes', 'mean over classes too', ['const n = labels.length', 'const n = labels.length * student[0]!.length']),
  loss('α swapped', 'α has changed places', [
    '((1 - alpha) * hard) / n + (alpha * temperature ** 2 * soft) / n',
    '(alpha * hard) / n + ((1 - alpha) * temperature ** 2 * soft) / n',
  ]),
  loss('T on the teacher only', 'T stands on one side only', ['softmax(student[i]!, temperature)', 'softmax(student[i]!, 1)']),
  loss('T on the student only', 'T stands on one side only', ['softmax(teacher[i]!, temperature)', 'softmax(teacher[i]!, 1)']),
  loss('T on the labels too', 'The cross-entropy of the labels has no temperature', [
    'softmax(student[i]!, 1)[label]',
    'softmax(student[i]!, temperature)[label]',
  ]),
  loss('probabilities as logits', 'The teacher’s side is a softmax of a softmax', [
    'softmax(teacher[i]!, temperature)',
    'softmax(softmax(teacher[i]!, 1), temperature)',
  ]),
  loss(
    'softmax of softmax',
    'Both sides are a softmax of a softmax',
    ['softmax(student[i]!, 1)[label]', 'softmax(softmax(student[i]!, 1), 1)[label]'],
    ['softmax(student[i]!, temperature)', 'softmax(softmax(student[i]!, 1), temperature)'],
    ['softmax(teacher[i]!, temperature)', 'softmax(softmax(teacher[i]!, 1), temperature)'],
  ),
  loss('no teacher', 'The teacher’s side is missing', [` + ${teacherSide}`, '']),
  loss('own labels', 'the student’s own best class', ['softmax(student[i]!, 1)[label]!', 'Math.max(...softmax(student[i]!, 1))']),
];
