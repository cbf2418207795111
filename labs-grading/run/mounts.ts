import { existsSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The project's path inside every sandbox. */
export const inside = '/lab';

/** The folder that holds the programs which run inside; nothing else of labs-grading is ever mounted. */
export const programs = 'labs-grading/run/inside';

/** What a sandbox shows of the project. Hidden checks, other submissions and the project's own files are not among it. */
const shown = ['node_modules', 'lib/package.json', 'lib/dist', 'kernels/jupyter', 'datasets', programs];

export interface Mounts {
  /** Folder of the project as the sandbox's user can reach it. */
  readonly project: string;
  /** Bytes of each writable folder. */
  readonly diskBytes: number;
  /** Further read-only binds: path outside → path inside. */
  readonly extra?: Readonly<Record<string, string>>;
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

/** A tmpfs of limited size. Without a size it could fill the machine's memory. */
function scratch(path: string, bytes: number): string[] {
  return ['--size', String(bytes), '--tmpfs', path];
}

/** Arguments of bwrap: fresh namespaces of every kind, no capability, a read-only root, sized scratch folders, an almost empty environment. */
export function bwrapArguments(mounts: Mounts, environment: Readonly<Record<string, string>>): string[] {
  const project = shown
    .filter(path => existsSync(join(mounts.project, path)) || mounts.project.startsWith('/mnt/'))
    .flatMap(path => ['--ro-bind-try', join(mounts.project, path), join(inside, path)]);
  return [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', '1000', '--gid', '1000', '--hostname', 'tinylab'],
    ...systemFolders(),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...project,
    ...Object.entries(mounts.extra ?? {}).flatMap(([from, to]) => ['--ro-bind', from, to]),
    ...scratch('/tmp', mounts.diskBytes),
    ...scratch('/dev/shm', mounts.diskBytes),
    ...scratch(`${inside}/work`, mounts.diskBytes),
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--chdir', `${inside}/work`],
  ];
}
