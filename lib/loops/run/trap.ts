import { LabError } from '../../tensor/errors.ts';
import { wasm } from '../web-assembly.ts';

/** What WebAssembly's traps mean, by a part of their messages. */
const meanings: readonly (readonly [part: string, message: string, hint: string])[] = [
  [
    'out of bounds',
    'The loop read or wrote far outside of its memory.',
    'Print the largest index that each loop reaches: is it an element, or a byte?',
  ],
  ['divide by zero', 'The loop divided by zero.', 'Look at what can be 0 in / and %.'],
  [
    'unreachable',
    'The loop reached a throw, or a place that it declares to be unreachable.',
    'Is it answered yet? Then an assertion or a missing case may be behind it.',
  ],
  ['unrepresentable', 'The loop turned a number into an integer that cannot hold it.', 'Clamp before you convert.'],
  ['overflow', 'The loop turned a number into an integer that cannot hold it.', 'Clamp before you convert.'],
  ['call stack', 'The loop called itself without end.', 'Write it as a loop.'],
];

/** Runs code of a loop; a trap becomes an error that says what it means. @throws LabError `loops/trap` */
export function trapped<Value>(run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof wasm.RuntimeError || error instanceof RangeError)) throw error;
    const { message } = error;
    const [, what, hint] = meanings.find(([part]) => message.includes(part)) ?? [
      '',
      `The loop was stopped: ${message}.`,
      'Try it with a smaller call.',
    ];
    throw new LabError('loops/trap', what, hint);
  }
}
