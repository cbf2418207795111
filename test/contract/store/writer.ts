// Another process that writes into a store until it is killed: writer.ts MODULE PLACE. It prints the number of each grading once it is kept.
import { pathToFileURL } from 'node:url';
import type { OpenStore } from './opening.ts';
import { gradingOf, submissionOf } from './samples.ts';

const [, , module = '', place = ''] = process.argv;
const { open } = (await import(pathToFileURL(module).href)) as { open: OpenStore };
const store = await open(place);
for (let i = 0; ; i++) {
  const { id } = await store.transaction(async inside => {
    const submission = await inside.addSubmission(submissionOf(place, `${process.pid}-${i}`));
    return inside.addGrading(gradingOf(submission.id, `key ${process.pid} ${i}`));
  });
  process.stdout.write(`${id}\n`);
}
