import { readdirSync } from 'node:fs';
import { systemPath } from './context.mjs';
import { executable, which } from './files.mjs';

const onPath = names => context => which(names, systemPath(context));

/** Names under which a Python may be found, the machine's own choice first. */
export const pythons = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** What the machine itself must bring: how to find it, the Debian package that has it, and what does not work without it. */
export const required = [
  {
    name: 'Python',
    package: 'python3',
    find: onPath(pythons),
    lacks: 'nothing',
  },
  { name: 'C++ compiler', package: 'g++', find: context => compiler(context), lacks: 'the TensorFlow binding' },
];

export const optional = [
  { name: 'bubblewrap', package: 'bubblewrap', find: onPath(['bwrap']), lacks: 'grading (the sandbox)', linuxOnly: true },
  {
    name: 'Chromium',
    package: 'chromium',
    find: onPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']),
    lacks: 'the browser tests',
  },
  { name: 'fonts', package: 'fonts-dejavu-core', find: () => anyFont(), lacks: 'text in the browser tests', linuxOnly: true },
];

export const browser = optional[1].find;

/** What compiles networks for microcontrollers and emulates one. */
export const mcuTools = [
  { name: 'Arm compiler', program: 'arm-none-eabi-gcc', package: 'gcc-arm-none-eabi', lacks: 'compiling networks for microcontrollers' },
  { name: 'QEMU', program: 'qemu-system-arm', package: 'qemu-system-arm', lacks: 'running networks on an emulated microcontroller' },
].map(tool => ({ ...tool, find: onPath([tool.program]) }));

/** The C++ compiler: CXX if the user set it, else the usual names. */
export function compiler(context) {
  const { CXX } = context.env;
  if (CXX) return executable(CXX) ? CXX : which([CXX], systemPath(context));
  return which(['g++', 'c++', 'clang++'], systemPath(context));
}

function anyFont() {
  try {
    return readdirSync('/usr/share/fonts').length > 0 ? '/usr/share/fonts' : undefined;
  } catch {
    return undefined;
  }
}

/** What of a list this machine does not have. */
export const missing = (parts, context) =>
  parts.filter(part => !(part.linuxOnly && !context.platform.startsWith('linux')) && !part.find(context));

/** The one command that installs some packages. */
export function installCommand(packages, context) {
  if (context.platform.startsWith('darwin')) {
    if (packages.every(name => mcuTools.some(tool => tool.package === name))) return 'brew install arm-none-eabi-gcc qemu';
    return 'xcode-select --install; brew install python chromium';
  }
  return `${context.superuser ? '' : 'sudo '}apt-get install -y ${packages.join(' ')}`;
}

/** Whether set-up may install packages of the system itself: as root on a Debian or Ubuntu machine, unless TINYLAB_SYSTEM_PACKAGES=no or TINYLAB_NO_PACKAGES=1 says not to. */
export const mayInstall = context =>
  context.superuser &&
  context.env.TINYLAB_SYSTEM_PACKAGES !== 'no' &&
  context.env.TINYLAB_NO_PACKAGES !== '1' &&
  Boolean(which(['apt-get'], systemPath(context)));

/** Installs Debian packages; the caller checked mayInstall. */
export async function install(packages, context, step) {
  const env = { ...context.env, DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-q', '-o', 'DPkg::Lock::Timeout=120'];
  await context.run('apt-get', [...wait, 'update'], { env, step });
  await context.run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...packages], { env, step });
}
