import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deploy, LabError, random } from 'tinylab';
import { type Call, command, note, printable } from './command.ts';
import { openNetwork } from './open.ts';

const help = `npx tinylab compile FILE --device NAME --out FOLDER [--weight-bits N] [--force] [--json]: writes a network as a project in C for a microcontroller.

FILE is a .tflite file, an .onnx file of writeOnnx, or what saveProgram or saveModel wrote (a model must be quantized). NAME is STM32F412, STM32F746 (the
default), STM32H743 or Corstone-300 (Cortex-M55). In FOLDER, \`make\` builds the network with arm-none-eabi-gcc, or says by how much it does not fit, and \`make run\` runs it
with QEMU on three examples and compares its bytes with those of \`npx tinylab run\`. A folder that holds something is written into with --force only; other files in it stay.
--weight-bits 16 stores weights as they are multiplied on Cortex-M4 and M7: fewer instructions, twice the flash; auto does so as far as the device's flash reaches; 8 is the default.`;

/** The folder to write into. @throws LabError `files/exist` for one that holds something, unless that is wanted. */
function folderOf({ out, force }: Call): string {
  if (out === undefined) throw new LabError('files/missing', 'compile needs a folder to write into.', 'Give --out FOLDER.');
  const found = statSync(out, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new LabError('files/exist', `${out} is no folder.`, 'Give another --out FOLDER.');
  if (found && readdirSync(out).length > 0 && !force)
    throw new LabError(
      'files/exist',
      `The folder ${out} holds something already.`,
      'Give --force to write into it, or another --out FOLDER.',
    );
  return out;
}

/** The integers that examples are drawn from, by type. */
const ranges = { int4: [-8, 7], int8: [-128, 127], uint8: [0, 255], bool: [0, 1], int16: [-2000, 2000], int32: [-2000, 2000] } as const;

/** Three examples of chance, the same each time: integers of the type, or real numbers from 0 to 1. */
function examplesOf(program: deploy.Program): readonly deploy.Elements[] {
  const chance = random(1);
  return program.inputs.map(index => {
    const { shape, type } = program.tensors[index] as deploy.ProgramTensor;
    const length = 3 * shape.reduce((product, size) => product * size, 1);
    if (type === 'float32') return Float32Array.from({ length }, () => chance.uniform());
    if (type === 'int64') return BigInt64Array.from({ length }, () => BigInt(chance.int(-128, 127)));
    const [low, high] = ranges[type];
    const values = Array.from({ length }, () => chance.int(low, high));
    if (type === 'uint8' || type === 'bool') return Uint8Array.from(values);
    return { int4: Int8Array, int8: Int8Array, int16: Int16Array, int32: Int32Array }[type].from(values);
  });
}

/** Bits of stored weights. @throws LabError `deploy/weight-bits`. */
function weightBitsOf({ weightBits = '8' }: Call): 8 | 16 | 'auto' {
  if (weightBits === 'auto') return weightBits;
  if (weightBits === '8' || weightBits === '16') return Number(weightBits) as 8 | 16;
  throw new LabError('deploy/weight-bits', `--weight-bits is ${printable(weightBits)}.`, 'Give 8, 16 or auto.');
}

/** How many layers have a choice of bits, and how many of them 16. */
function widthsOf(files: Readonly<Record<string, string | Uint8Array>>): { readonly layers: number; readonly wide: number } {
  const found = Object.values(files).flatMap(text =>
    [...String(text).matchAll(/ with weights of (8|16) bits \*\//g)].map(([, bits]) => bits),
  );
  return { layers: found.length, wide: found.filter(bits => bits === '16').length };
}

/** What does not fit, before anybody waits for a compiler. */
const tooLarge = (reasons: readonly string[]): string =>
  reasons.length === 0
    ? ''
    : `\nIt will not fit: ${reasons.join('; ')}. deploy.runOnMcu names the step of the peak; deploy.searchPatches, a smaller image or fewer channels help.`;

/** Whether a file holds this already: then it keeps its time, and `make` builds nothing anew for it. */
const holds = (path: string, content: string | Uint8Array): boolean => existsSync(path) && Buffer.from(content).equals(readFileSync(path));

/** The files of a network's project. Nothing is written before all of them are there, so that an interrupt leaves nothing. */
function projectOf(program: deploy.Program, device: string, call: Call): Readonly<Record<string, string | Uint8Array>> {
  note(`Writing the C of ${program.steps.length} steps and computing three examples …`);
  try {
    return deploy.mcuProject(program, { device, inputs: examplesOf(program), weightBits: weightBitsOf(call) });
  } finally {
    note('');
  }
}

function main(call: Call): void {
  const opened = openNetwork(call.files[0] as string);
  const folder = folderOf(call);
  const device = call.device ?? 'STM32F746';
  const program = opened.kind === 'model' ? deploy.lowerModel(opened.model) : opened.program;
  const files = projectOf(program, device, call);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
    if (!holds(path, content)) writeFileSync(path, content);
  }
  const { macs, constantBytes } = deploy.inspectProgram(program);
  const arenaBytes = Number(/NETWORK_ARENA_BYTES (\d+)/.exec(String(files['network/network.h']))?.[1]);
  const { layers, wide } = widthsOf(files);
  const { reasons } = deploy.fits(program, device);
  const facts = {
    network: printable(program.name),
    device,
    folder,
    files: Object.keys(files).length,
    macs,
    constantBytes,
    arenaBytes,
    layers,
    layersOf16Bits: wide,
  };
  if (call.json) console.log(JSON.stringify(facts));
  else
    console.log(
      `${facts.network} for ${device}: ${facts.files} files in ${printable(folder)}, ${constantBytes} bytes of constants, an arena of ${arenaBytes}.${wide > 0 ? ` Weights of ${wide} of ${layers} layers have 16 bits.` : ''}${tooLarge(reasons)}\n\n  cd ${printable(folder)} && make -j run`,
    );
}

command(help, 1, main);
