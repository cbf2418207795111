import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemPath } from '../context.mjs';
import { Stopped } from '../fault.mjs';
import { hashFile, partial, which } from '../files.mjs';
import { compiler, mcuTools } from '../system.mjs';

const source = ({ root }) => join(root, 'kernels/mcu/plugin/count.c');
const built = ({ root }) => join(root, 'kernels/mcu/dist/count.so');
const emulator = context => which([mcuTools[1].program], systemPath(context));

/** kernels/mcu/plugin → what counts instructions while QEMU emulates a microcontroller. Without it the clock counts those of a whole network. */
export const mcu = {
  name: 'mcu',
  title: 'Counter of instructions',
  source: fileURLToPath(import.meta.url),
  needs: ['system-packages', 'mcu-packages'],
  inputs: context => [emulator(context) ?? '', compiler(context) ?? '', hashFile(source(context))],
  outputs: context => (existsSync(source(context)) && emulator(context) ? [built(context)] : []),
  async run(context) {
    const qemu = emulator(context);
    // A machine without the emulator has nothing to count.
    if (!existsSync(source(context)) || !qemu) return undefined;
    try {
      await build(qemu, context);
      return undefined;
    } catch (error) {
      if (error instanceof Stopped) throw error;
      return `It does not build or run here, so that instructions are counted for whole networks only.\n(see .tinylab/logs/mcu.log)`;
    }
  },
};

async function build(qemu, context) {
  const target = built(context);
  const made = partial(target);
  mkdirSync(join(target, '..'), { recursive: true });
  rmSync(target, { force: true });
  try {
    const { stdout } = await context.run(qemu, ['--version'], { step: 'mcu' });
    const flags = ['-x', 'c', '-std=gnu11', '-O2', '-fPIC', '-shared', '-fvisibility=hidden', `-DPLUGIN_VERSION=${pluginVersion(stdout)}`];
    const undefinedLater = context.platform.startsWith('darwin') ? ['-undefined', 'dynamic_lookup'] : [];
    await context.run(compiler(context), [...flags, ...undefinedLater, '-o', made, source(context)], { step: 'mcu' });
    // it says where it would write before QEMU has a machine to run
    await context.run(qemu, ['-M', 'none', '-display', 'none', '-plugin', `${made},to=/dev/null`, '-version'], { step: 'mcu' });
    renameSync(made, target);
  } finally {
    rmSync(made, { force: true });
  }
}

/** The version of the plugin interface that a QEMU asks for: the functions that are used here are the same in all. */
const pluginVersion = text => (Number(/version (\d+)/.exec(text)?.[1] ?? 0) >= 9 ? 2 : 1);
