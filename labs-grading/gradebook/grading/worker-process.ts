// One worker: grades one submission after the other with a checker and a converter of its own. It talks to the supervisor only, which alone
// has the database; whatever happens to this process, the submission is graded again by another.

import { writeFileSync } from 'node:fs';
import { handedInNotebook } from '../../collect/intake.ts';
import type { GradedLab } from '../../lab/labs.ts';
import { type Grader, openGrader } from '../../run/grade-notebook.ts';
import { closeAllSandboxes } from '../../run/sandbox.ts';
import { unaskedReport } from '../../run/submission-report.ts';
import { answersKey } from './grade-key.ts';
import type { FromWorker, Job, ToWorker } from './worker-messages.ts';

let lab: GradedLab;
let grader: Grader;

async function open(message: Extract<ToWorker, { type: 'open' }>): Promise<FromWorker> {
  lab = message.lab;
  grader = openGrader(lab, { limits: message.limits, slot: message.slot });
  return { type: 'opened', questions: await grader.questions() };
}

async function grade({ folder, seed, full, only }: Job): Promise<FromWorker> {
  const notebook = handedInNotebook(folder, lab.id);
  const report =
    'refused' in notebook
      ? unaskedReport(lab.id, await grader.questions(), notebook)
      : await grader.grade({ notebook, deliverables: folder, seed, full, ...(only && { only }) });
  return { type: 'graded', report };
}

/** What strangers wrote is read here and not by the supervisor: it may take all the memory that a process has. */
function keyOf({ lab: asked, folder }: Extract<ToWorker, { type: 'key' }>): FromWorker {
  return { type: 'key', key: answersKey(asked, handedInNotebook(folder, asked.id), folder) };
}

async function answer(message: Exclude<ToWorker, { type: 'close' }>): Promise<FromWorker> {
  if (message.type === 'key') return keyOf(message);
  return message.type === 'open' ? open(message) : grade(message);
}

async function take(message: ToWorker): Promise<void> {
  if (message.type === 'close') {
    await grader?.close();
    process.disconnect();
    return;
  }
  process.send?.(await answer(message).catch((error: Error): FromWorker => ({ type: 'broken', message: String(error.stack ?? error) })));
}

/** Nobody is left to report to, or nobody will wait: what runs is ended, and its groups go with it. */
async function end(): Promise<void> {
  await closeAllSandboxes();
  process.exit(0);
}

// A worker that is lost is replaced: better it than the supervisor, should the machine run out of memory. Its checker is with it.
try {
  writeFileSync('/proc/self/oom_score_adj', '300');
} catch {
  // A kernel that does not let us has its own choice.
}
process.on('message', message => void take(message as ToWorker));
process.on('disconnect', () => void end());
process.on('SIGTERM', () => void end());
