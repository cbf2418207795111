import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { builtPrograms, isBuilt, programs } from './programs.ts';

/** The project's path inside every sandbox. */
export const inside = '/lab';

/** What a sandbox shows of the project. Hidden checks, other submissions and all else of labs-grading are not among it. */
const shown = ['node_modules', 'lib/package.json', 'lib/dist', 'kernels/jupyter', 'datasets', programs];

/** Folders outside as the sandbox's user can reach them. */
export interface Sources {
  readonly project: string;
  /** TensorFlow's libraries, which set-up keeps in a cache of the user and links to. */
  readonly libraries: string;
  /** Programs that are built. */
  readonly programs: string;
  /** The student's deliverables, where there are any. */
  readonly deliverables?: string;
}

const libraryLinks = 'node_modules/@tensorflow/tfjs-node/deps/lib';

/** The real places of what a sandbox shows. */
export function sourcesOf(project: string, deliverables?: string): Sources {
  const link = join(project, libraryLinks, 'libtensorflow_framework.so.2');
  const libraries = existsSync(link) ? dirname(realpathSync(link)) : join(project, libraryLinks);
  return { project, libraries, programs: builtPrograms(), ...(deliverables && { deliverables }) };
}

/** How Node is asked inside for a program. */
export function programInside(program: string): string[] {
  if (!isBuilt(program)) return [join(inside, programs, program)];
  return [join(inside, programs, 'boot.cjs'), join(inside, 'programs', program.replace(/\.ts$/, '.js'))];
}

/** Debian merges /bin, /lib and /lib64 into /usr; where a system has not, the folders themselves are shown. */
function systemFolders(): string[] {
  const linked = (path: string): string[] => {
    try {
      return ['--symlink', readlinkSync(path), path];
    } catch {
      return ['--ro-bind-try', path, path];
    }
  };
  return ['--ro-bind', '/usr', '/usr', ...['/bin', '/lib', '/lib64'].flatMap(linked)];
}

/** Folders of the system that no lab needs: what else is installed on this machine is nobody's business. */
const covered = ['/usr/local', '/usr/src', '/usr/games', '/usr/include', '/usr/share/doc', '/usr/share/man'];

/**
 * Files that tell of the machine, or of everything on it. `/proc/PID/mountinfo` cannot be among them: each process has its own, so that covering
 * one covers no other, and the kernel writes into it where a shown folder lies on its disk, whatever path it was bound from. It names the
 * project's folder, and no student's: hand-ins are shown from a copy of a random name.
 */
const closed = [
  'cmdline',
  ...['sys/kernel/random/boot_id', 'version_signature', 'config.gz', 'kcore', 'kallsyms', 'modules', 'keys', 'key-users'],
  ...['timer_list', 'sched_debug', 'slabinfo', 'vmallocinfo', 'pagetypeinfo', 'partitions', 'diskstats', 'swaps', 'iomem', 'ioports'],
].map(name => `/proc/${name}`);

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Empty folders, which stay empty, in place of these. */
const cover = (folders: readonly string[]): string[] =>
  folders.filter(isFolder).flatMap(path => [...scratch(path, 2 ** 16), '--remount-ro', path]);

/** A device that may not be opened in place of each of these. */
const close = (files: readonly string[]): string[] =>
  files.filter(path => existsSync(path)).flatMap(path => ['--ro-bind', '/dev/null', path]);

/** A tmpfs of limited size. Without a size it could fill the machine's memory. */
function scratch(path: string, bytes: number): string[] {
  return ['--size', String(bytes), '--tmpfs', path];
}

/** The libraries at the place where the binding looks for them: links into somebody's home would lead nowhere. */
function libraries(folder: string): string[] {
  const place = join(inside, libraryLinks);
  const files = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  const binds = files.flatMap(file => ['--ro-bind-try', join(folder, file), join(place, file)]);
  return [...scratch(place, 2 ** 20), ...binds, '--remount-ro', place];
}

/** Arguments of bwrap: fresh namespaces of every kind, no capability, a read-only root, sized scratch folders, an almost empty environment. */
export function bwrapArguments(sources: Sources, diskBytes: number, environment: Readonly<Record<string, string>>): string[] {
  const { deliverables } = sources;
  return [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', '1000', '--gid', '1000', '--hostname', 'tinylab'],
    ...systemFolders(),
    ...cover(covered),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...close(closed),
    ...shown.flatMap(path => ['--ro-bind-try', join(sources.project, path), join(inside, path)]),
    ...libraries(sources.libraries),
    ...['--ro-bind', sources.programs, `${inside}/programs`],
    ...scratch('/tmp', diskBytes),
    ...scratch('/dev/shm', diskBytes),
    ...scratch(`${inside}/work`, diskBytes),
    ...(deliverables ? ['--ro-bind', deliverables, `${inside}/deliverables`] : []),
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--chdir', `${inside}/work`],
  ];
}
