import { diskError } from '../../base/disk.ts';
import { GraderError } from '../../base/grader-error.ts';
import { problemLine } from '../../base/problem.ts';
import { printable } from '../../base/text.ts';
import { closeAllSandboxes } from '../../run/sandbox.ts';

const refused = 1;
const notBegun = 2;
const interrupted = 130;

/** Says on stderr why a command could not go on, and sets its exit code. */
export function explain(error: unknown): void {
  const told = diskError(error) ?? error;
  process.stderr.write(`${printable(told instanceof Error ? told.message : String(told))}\n`);
  process.exitCode = notBegun;
}

/**
 * Runs a command whose answer is problems of a lab: they are its output, also as JSON, and anything but success sets the exit code. A signal
 * ends it, unless the command listens to signals itself.
 */
export async function withProblems(
  about: string,
  { json = false, ownSignals = false }: { json?: boolean; ownSignals?: boolean },
  run: () => boolean | Promise<boolean>,
): Promise<void> {
  for (const signal of ownSignals ? [] : (['SIGINT', 'SIGTERM'] as const))
    process.once(signal, () => void closeAllSandboxes().finally(() => process.exit(interrupted)));
  try {
    if (!(await run())) process.exitCode = refused;
  } catch (error) {
    if (!(error instanceof GraderError && error.code === 'lab/problems')) throw error;
    const { problems } = error;
    const text = json ? JSON.stringify({ lab: about, ok: false, problems }, null, 1) : problems.map(problemLine).join('\n');
    process.stdout.write(`${text}\n`);
    process.exitCode = refused;
  }
}
