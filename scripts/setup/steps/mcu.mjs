import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemPath } from '../context.mjs';
import { Stopped } from '../fault.mjs';
import { hashFile, partial, which } from '../files.mjs';
import { compiler, mcuTools } from '../system.mjs';

const source = ({ root }) => join(root, 'kernels/mcu/plugin/count.c');
const built = ({ root }) => join(root, 'kernels/mcu/dist/count.so');
const failure = ({ root }) => join(root, 'kernels/mcu/dist/failure.txt');
const emulator = context => which([mcuTools[1].program], systemPath(context));

/** kernels/mcu/plugin → what counts instructions while QEMU emulates a microcontroller. Without it the clock counts those of a whole network. */
export const mcu = {
  name: 'mcu',
  title: 'Counter of instructions',
  source: fileURLToPath(import.meta.url),
  needs: ['system-packages', 'mcu-packages'],
  inputs: context => [emulator(context) ?? '', compiler(context) ?? '', hashFile(source(context))],
  // What failed is tried again when an input changes or somebody asks for it with `npm run setup`, not at every start.
  outputs(context) {
    if (!existsSync(source(context)) || !emulator(context)) return [];
    return [!context.explicit && existsSync(failure(context)) ? failure(context) : built(context)];
  },
  async run(context) {
    const qemu = emulator(context);
    // A machine without the emulator has nothing to count.
    if (!existsSync(source(context)) || !qemu) return undefined;
    try {
      await build(qemu, context);
      return undefined;
    } catch (error) {
      if (error instanceof Stopped) throw error;
      writeFileSync(failure(context), `${error.output || error.message}\n`);
      return 'It does not build or run here, so that instructions are counted for whole networks only.\n(see kernels/mcu/dist/failure.txt)';
    }
  },
};

async function build(qemu, context) {
  const target = built(context);
  const made = partial(target);
  mkdirSync(join(target, '..'), { recursive: true });
  for (const file of [target, failure(context)]) rmSync(file, { force: true });
  try {
    const { stdout } = await context.run(qemu, ['--version'], { step: 'mcu' });
    const flags = ['-x', 'c', '-std=gnu11', '-O2', '-fPIC', '-shared', '-fvisibility=hidden', `-DPLUGIN_VERSION=${pluginVersion(stdout)}`];
    const undefinedLater = context.platform.startsWith('darwin') ? ['-undefined', 'dynamic_lookup'] : [];
    await context.run(compiler(context), [...flags, ...undefinedLater, '-o', made, source(context)], { step: 'mcu' });
    await counts(qemu, made, context);
    renameSync(made, target);
  } finally {
    rmSync(made, { force: true });
  }
}

/**
 * A program for a Cortex-M: stack pointer and entry, then movs r0, #0x18; ldr r1, =0x20026; bkpt 0xAB, by which QEMU ends. As little-endian words.
 */
const shortest = Uint32Array.of(0x20001000, 9, 0x49012018, 0xe7febeab, 0x20026);

const lateMs = 20_000;

/** Has the counter count three instructions. */
async function counts(qemu, plugin, context) {
  const [program, counted] = [`${plugin}.bin`, `${plugin}.counts`];
  try {
    writeFileSync(program, shortest);
    const board = ['-M', 'mps2-an386', '-nodefaults', '-display', 'none', '-net', 'none', '-semihosting-config', 'enable=on,target=native'];
    const late = AbortSignal.timeout(lateMs);
    const limited = context.with({ signal: context.signal ? AbortSignal.any([context.signal, late]) : late });
    await limited.run(qemu, [...board, '-kernel', program, '-plugin', `${plugin},to=${counted}`], { step: 'mcu' }).catch(error => {
      throw late.aborted && !context.signal?.aborted ? new Error(`QEMU did not end within ${lateMs / 1000} s`) : error;
    });
    if (!/^- \? 3 /m.test(readFileSync(counted, 'utf8'))) throw new Error('it counted wrong');
  } finally {
    for (const file of [program, counted]) rmSync(file, { force: true });
  }
}

/** The version of the plugin interface that a QEMU asks for: the functions that are used here are the same in all. */
const pluginVersion = text => (Number(/version (\d+)/.exec(text)?.[1] ?? 0) >= 9 ? 2 : 1);
