/** What one installed package says in package-lock.json. */
interface Locked {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly peerDependencies?: Names;
  readonly peerDependenciesMeta?: Readonly<Record<string, { optional?: boolean }>>;
}

type Names = Readonly<Record<string, string>>;

export interface Lockfile {
  readonly name: string;
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
}

/** A manifest that the pruned lock file is of. */
export interface RootManifest {
  readonly name: string;
  readonly workspaces: readonly string[];
  readonly [field: string]: unknown;
}

const lockedFields = ['name', 'version', 'license', 'workspaces', 'dependencies', 'bin', 'engines', 'optionalDependencies'] as const;

/** The part of a lock file that another root needs: the packages that it and its workspaces reach, in the versions and places they have. */
export function prunedLock(lock: Lockfile, manifest: RootManifest): Lockfile {
  const root = Object.fromEntries(lockedFields.flatMap(field => (manifest[field] === undefined ? [] : [[field, manifest[field]]])));
  const all: Record<string, Locked> = { ...lock.packages, '': root };
  const linked = Object.keys(all).filter(path => all[path]?.link && manifest.workspaces.includes(all[path]?.resolved ?? ''));
  const seen = new Set<string>();
  const queue = ['', ...linked];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const entry = all[path] as Locked;
    if (entry.link) queue.push(entry.resolved as string);
    else queue.push(...dependenciesOf(entry).flatMap(name => place(all, path as string, name) ?? []));
  }
  const packages = Object.fromEntries(
    Object.keys(all)
      .filter(path => seen.has(path))
      .sort()
      .map(path => [path, undeveloped(all[path] as Locked)]),
  );
  return { ...lock, name: manifest.name, packages };
}

function dependenciesOf({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Locked): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter(name => !peerDependenciesMeta?.[name]?.optional);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** Where Node finds a package from inside another one: in the nearest node_modules at or above it. */
function place(all: Readonly<Record<string, Locked>>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (all[path] && !folder.endsWith('node_modules')) return path;
    if (folder === '') return undefined;
  }
}

/** What was needed for development only is needed for good when a dependency reaches it. */
function undeveloped({ dev: _, ...entry }: Locked): Locked {
  return entry;
}
