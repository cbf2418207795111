import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeVersion, systemPath } from '../context.mjs';
import { Fault } from '../fault.mjs';
import { executable, linkAtomic, which } from '../files.mjs';

/** Node 24 as node_modules/.bin/node. npm 10 and older leave the link out, and macOS has no such package: there it is the machine's own. */
export const node24 = {
  name: 'node24',
  title: 'Node 24',
  source: fileURLToPath(import.meta.url),
  needs: ['node-modules'],
  fresh: context => executable(context.node24) && !isShadowed(context),
  async run(context) {
    const packaged = `node_modules/node-${context.platform}/bin/node`;
    if (existsSync(join(context.root, packaged))) linkAtomic(`../node-${context.platform}/bin/node`, context.node24);
    else linkAtomic(await ownNode(context), context.node24);
    const { stdout } = await context.run(context.node24, ['--version'], { step: this.name });
    if (Number(stdout.slice(1).split('.')[0]) < 24) throw tooOld(stdout.trim());
  },
};

/** A platform package is there, but .bin/node is something else. */
function isShadowed({ root, platform, node24: link }) {
  const packaged = join(root, `node_modules/node-${platform}/bin/node`);
  return existsSync(packaged) && realpathSync(link) !== realpathSync(packaged);
}

async function ownNode(context) {
  const own = which(['node'], systemPath(context)) ?? process.execPath;
  const { stdout } = await context.run(own, ['--version'], { step: 'node24' });
  if (Number(stdout.slice(1).split('.')[0]) >= 24) return own;
  throw tooOld(stdout.trim());
}

const tooOld = found =>
  new Fault(
    'node/too-old',
    `There is no Node package for this platform, and this machine's Node is ${found}, not 24.`,
    `npx n ${nodeVersion}`,
  );
