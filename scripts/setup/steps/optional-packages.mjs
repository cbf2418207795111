import { fileURLToPath } from 'node:url';
import { Stopped } from '../fault.mjs';
import { keyOf, readStamp } from '../stamp.mjs';
import { install, installCommand, mayInstall, mcuTools, missing, optional } from '../system.mjs';

/** Sandbox, browser and fonts: TinyLab works without them, but grading or the browser tests do not. */
export const optionalPackages = packagesStep('optional-packages', 'Sandbox and browser', optional);

/** The compiler and the emulator of microcontrollers: only labs about them need these. */
export const mcuPackages = packagesStep('mcu-packages', 'Tools for microcontrollers', mcuTools);

/** A step that installs what of some parts is missing, and goes on without where it cannot. */
function packagesStep(name, title, parts) {
  const lacking = context => missing(parts, context);
  const step = {
    name,
    title,
    source: fileURLToPath(import.meta.url),
    needs: ['system-packages'],
    inputs: context => lacking(context).map(part => part.package),
    outputs: () => [],
    // After one attempt only `npm run setup` tries again: a machine without a network must not wait for apt at every start.
    fresh: context => lacking(context).length === 0 || (!context.explicit && readStamp(step, context)?.key === keyOf(step, context)),
    keepsStamp: true,
    async run(context) {
      const packages = lacking(context).map(part => part.package);
      let why = '';
      if (mayInstall(context)) why = await attempt(packages, context, name);
      const still = lacking(context);
      if (still.length === 0) return undefined;
      const lines = still.map(part => `${part.name} is missing: ${part.lacks} will not work.`);
      return [...lines, `To mend it: ${installCommand(packages, context)}${why}`].join('\n');
    },
  };
  return step;
}

/** Tries to install; a failure is worth a remark, not a stop. */
async function attempt(packages, context, step) {
  try {
    await install(packages, context, step);
    return '';
  } catch (error) {
    if (error instanceof Stopped) throw error;
    return `\n(the attempt failed: ${error.message}; see .tinylab/logs/${step}.log)`;
  }
}
