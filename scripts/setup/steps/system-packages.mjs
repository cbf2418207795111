import { fileURLToPath } from 'node:url';
import { Fault } from '../fault.mjs';
import { install, installCommand, mayInstall, missing, required } from '../system.mjs';

/** Python and a C++ compiler: installed when root, otherwise asked for. */
export const systemPackages = {
  name: 'system-packages',
  title: 'System packages',
  source: fileURLToPath(import.meta.url),
  needs: [],
  fresh: context => missing(required, context).length === 0,
  async run(context) {
    const packages = missing(required, context).map(part => part.package);
    if (packages.includes('python3')) packages.push('python3-venv');
    if (mayInstall(context)) await install(packages, context, this.name);
    const [still] = missing(required, context);
    if (still) throw notThere(still, context);
  },
};

function notThere({ name, package: debian }, context) {
  const packages = debian === 'python3' ? ['python3', 'python3-venv'] : [debian];
  const code = debian === 'python3' ? 'python/missing' : 'compiler/missing';
  return new Fault(code, `${name}: not found on this machine's PATH.`, installCommand(packages, context));
}
