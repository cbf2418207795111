import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectEnv } from '../setup/context.mjs';
import { executable, which } from '../setup/files.mjs';
import { rungsLeftOut, rungsThatRun } from '../setup/steps/compute.mjs';
import { installCommand, mcuTools, missing } from '../setup/system.mjs';
import { firstLine, ok, wrong } from './finding.mjs';

/** What set-up makes: Node 24, the Python environment and what lies in it, TensorFlow, the library, what emulates microcontrollers, the grader's sandbox. */
export const installed = [node, python, jupyterLab, kernel, tensorflow, library, compute, mcu, sandbox];

async function node(context) {
  const version = await firstLine(context, context.node24, ['--version']);
  return version ? ok('Node', version) : wrong('Node', { version: `${process.version} runs set-up; Node 24 is not installed yet` });
}

async function python(context) {
  const version = await firstLine(context, context.pythonBinary, ['--version']);
  return version ? ok('Python', version) : wrong('Python');
}

async function jupyterLab(context) {
  const script = 'from importlib.metadata import version as v; print(v("jupyterlab"), "with jupytext", v("jupytext"))';
  const version = await firstLine(context, context.pythonBinary, ['-c', script]);
  return version ? ok('JupyterLab', version) : wrong('JupyterLab');
}

async function kernel(context) {
  const file = join(context.python, 'share/jupyter/kernels/tinylab/kernel.json');
  if (!existsSync(file)) return wrong('Kernel');
  const { display_name: name, argv } = JSON.parse(readFileSync(file, 'utf8'));
  const lost = argv.filter(part => part.startsWith('/') && !existsSync(part));
  if (lost.length === 0 && executable(argv[0])) return ok('Kernel', name);
  return wrong('Kernel', { state: 'broken', version: `${name}: ${lost.join(' ')} is not there` });
}

/** oneDNN's own log says which instructions it uses, with how many threads, and that a convolution really went through it. */
async function tensorflow(context) {
  const script = fileURLToPath(new URL('tensorflow.ts', import.meta.url));
  try {
    const env = { ...projectEnv(context), ONEDNN_VERBOSE: '1' };
    const { stdout } = await context.run(context.node24, [script], { env, step: 'doctor' });
    const version = stdout.match(/^TF_Version (.*)$/m)?.[1];
    const threads = stdout.match(/nthr:(\d+)/)?.[1];
    const oneDnn = stdout.match(/oneDNN v\S+/)?.[0];
    const isa = stdout.match(/,isa:(.*)$/m)?.[1];
    if (!version) return wrong('TensorFlow', { state: 'broken' });
    if (!/primitive,exec,cpu,convolution/.test(stdout)) return slow(version);
    return ok('TensorFlow', `${version}, ${threads} threads, ${oneDnn} (${isa})`);
  } catch (error) {
    const line = (error.output ?? error.message).split('\n').find(text => /Error|cannot|not found/.test(text));
    return wrong('TensorFlow', { state: 'broken', version: line?.trim() ?? '' });
  }
}

const slow = version => ({
  ...wrong('TensorFlow', { state: 'slow', required: false, version: `${version}, oneDNN is off` }),
  todo: 'unset TF_ENABLE_ONEDNN_OPTS',
});

async function library({ root }) {
  const { version } = JSON.parse(readFileSync(join(root, 'lib/package.json'), 'utf8'));
  return existsSync(join(root, 'lib/dist/index.js')) ? ok('Library', `tinylab ${version}`) : wrong('Library');
}

/** Which rung of the compute kernels runs here; without any the library computes in TypeScript. */
async function compute(context) {
  const component = 'Compute';
  if (!existsSync(join(context.root, 'kernels/compute'))) return ok(component, 'TypeScript (this copy has no native kernels)');
  const slow = { required: false, state: 'slow', version: 'TypeScript: the native kernels are not built or do not run' };
  let unknown;
  const rungs = await rungsThatRun(context).catch(error => {
    unknown = /TINYLAB_ISA is .*/.exec(error.output ?? '')?.[0];
  });
  if (unknown) return wrong(component, { version: unknown, todo: 'Leave TINYLAB_ISA out of the environment' });
  const told = ([kernel, names]) => `${kernel} ${names.at(-1)} (slower: ${names.slice(0, -1).reverse().join(', ')})`;
  const level = context.env.TINYLAB_ISA ? `TINYLAB_ISA=${context.env.TINYLAB_ISA}: ` : '';
  if (!rungs) return wrong(component, slow);
  const lost = rungsLeftOut(context);
  const without =
    lost.length > 0 ? `; left out, since they do not compile or run here: ${lost.join(', ')} (kernels/compute/dist/left-out.txt)` : '';
  return ok(component, `${level + Object.entries(rungs).map(told).join(', ')}; ${await instructions(context)}${without}`);
}

/** What the processor has that some rung asks for, and whether `fit` can train in bf16 with it. */
async function instructions(context) {
  const script = "require(process.argv[1]).features.join(', ')";
  const module = join(context.root, 'kernels/compute/dist/compute.node');
  const { stdout } = await context.run(context.node24, ['-p', script, module], { env: projectEnv(context), step: 'doctor' });
  const found = stdout.trim();
  const bfloat16 = /\w+_bf16/.exec(found)?.[0];
  return `processor: ${found || 'none that a rung asks for'}; ${bfloat16 ? `bfloat16 by ${bfloat16}` : "no bfloat16, so that fit refuses precision 'bf16'"}`;
}

/** What compiles networks for microcontrollers and emulates one, and whether instructions are counted by function. */
async function mcu(context) {
  const component = 'Microcontrollers';
  const lacking = missing(mcuTools, context);
  const told = async ({ find }) => {
    const path = find(context);
    return path && (await firstLine(context, path, ['--version']));
  };
  const versions = await Promise.all(mcuTools.map(told));
  const version = versions.filter(Boolean).join('; ');
  if (lacking.length > 0)
    return wrong(component, {
      required: false,
      version,
      todo: `${installCommand(
        lacking.map(part => part.package),
        context,
      )} (labs about microcontrollers need it)`,
    });
  if (versions.includes(undefined))
    return wrong(component, { required: false, state: 'broken', version, todo: 'Install both packages again.' });
  const counter = existsSync(join(context.root, 'kernels/mcu/dist/count.so'));
  return ok(
    component,
    `${version}; instructions are counted ${counter ? 'by function' : 'for whole networks only: npm run setup builds the counter'}`,
  );
}

/** The grader's own proof: programs that try to break out, each of which must fail. */
async function sandbox(context) {
  const component = 'Sandbox';
  const bwrap = which(['bwrap'], context.env.PATH);
  const lacking = { required: false, todo: `${installCommand(['bubblewrap'], context)} (grading needs it)` };
  if (!bwrap) return wrong(component, lacking);
  const version = await firstLine(context, bwrap, ['--version']);
  const probe = join(context.root, 'labs-grading/run/probe.ts');
  if (!existsSync(probe)) return ok(component, `${version} (not probed: this copy has no labs-grading)`);
  const report = await probed(context, probe);
  if (report?.ok) return ok(component, `${version}, ${report.probes.length} probes hold${report.groups ? `, ${report.groups}` : ''}`);
  const failed = report?.probes.filter(({ ok: held }) => !held).map(({ name, detail }) => `${name}: ${detail}`);
  return wrong(component, {
    required: false,
    state: 'broken',
    version: failed?.join('; ') ?? 'the probes did not run',
    todo: 'npx tinylab grade refuses to run here: allow user namespaces, or run as root',
  });
}

async function probed(context, probe) {
  const output = await context.run(context.node24, [probe], { env: projectEnv(context), step: 'doctor' }).then(
    ({ stdout }) => stdout,
    error => error.output ?? '',
  );
  const line = output.split('\n').find(text => text.startsWith('{'));
  return line ? JSON.parse(line) : undefined;
}
