import '../../lib/tensor/tf.ts';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import './environment.ts';
import '@tensorflow/tfjs-core/dist/tests.js';

/** What the run reports: for every spec its full name and what became of it. */
export interface Outcome {
  readonly name: string;
  readonly status: string;
  readonly reasons: readonly string[];
}

/** Runs the specs that `wanted` lets through, one after the other in the order of the files. */
export async function runSuite(wanted: (name: string) => boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const env = jasmine.getEnv();
  env.configure({ random: false, specFilter: spec => wanted(spec.getFullName()) });
  env.clearReporters();
  env.addReporter({
    specDone: ({ fullName, status, failedExpectations }) => {
      outcomes.push({ name: fullName, status, reasons: failedExpectations.map(({ message }) => message) });
    },
  });
  await env.execute();
  return outcomes;
}
