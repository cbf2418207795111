import { problemLine, ReleaseError } from '../../base/problem.ts';
import { closeAllSandboxes } from '../../run/sandbox.ts';

const refused = 1;
const interrupted = 130;

/** Runs a command; refusals are printed, and anything but success sets the exit code. A signal ends it, unless the command hears signals itself. */
export async function tell(
  about: string,
  { json = false, ownSignals = false }: { json?: boolean; ownSignals?: boolean },
  run: () => boolean | Promise<boolean>,
): Promise<void> {
  for (const signal of ownSignals ? [] : (['SIGINT', 'SIGTERM'] as const))
    process.once(signal, () => void closeAllSandboxes().finally(() => process.exit(interrupted)));
  try {
    if (!(await run())) process.exitCode = refused;
  } catch (error) {
    if (!(error instanceof ReleaseError)) throw error;
    const { problems } = error;
    const text = json ? JSON.stringify({ lab: about, ok: false, problems }, null, 1) : problems.map(problemLine).join('\n');
    process.stdout.write(`${text}\n`);
    process.exitCode = refused;
  }
}
