import { fileURLToPath } from 'node:url';
import { Stopped } from '../fault.mjs';
import { keyOf, readStamp } from '../stamp.mjs';
import { install, installCommand, mayInstall, missing, optional } from '../system.mjs';

const lacking = context => missing(optional, context);

/** Sandbox, browser and fonts: TinyLab works without them, but grading or the browser tests do not. */
export const optionalPackages = {
  name: 'optional-packages',
  title: 'Sandbox and browser',
  source: fileURLToPath(import.meta.url),
  needs: ['system-packages'],
  inputs: context => lacking(context).map(part => part.package),
  outputs: () => [],
  // After one attempt only `npm run setup` tries again: a machine without a network must not wait for apt at every start.
  fresh: context =>
    lacking(context).length === 0 || (!context.explicit && readStamp(optionalPackages, context)?.key === keyOf(optionalPackages, context)),
  keepsStamp: true,
  async run(context) {
    const packages = lacking(context).map(part => part.package);
    let why = '';
    if (mayInstall(context)) why = await attempt(packages, context);
    const still = lacking(context);
    if (still.length === 0) return undefined;
    const lines = still.map(part => `${part.name} is missing: ${part.lacks} will not work.`);
    return [...lines, `To mend it: ${installCommand(packages, context)}${why}`].join('\n');
  },
};

/** Tries to install; a failure is worth a remark, not a stop. */
async function attempt(packages, context) {
  try {
    await install(packages, context, optionalPackages.name);
    return '';
  } catch (error) {
    if (error instanceof Stopped) throw error;
    return `\n(the attempt failed: ${error.message}; see .tinylab/logs/${optionalPackages.name}.log)`;
  }
}
