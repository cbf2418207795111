import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Scratch, scratchFolder, scratchProject } from './scratch.ts';

/** A folder to be a PATH: links to the programs of this machine that a test allows, and scripts of its own. */
export function pathWith(programs: Record<string, string>): string {
  const folder = scratchFolder();
  for (const [name, content] of Object.entries(programs)) {
    if (content.startsWith('/')) symlinkSync(content, join(folder, name));
    else writeFileSync(join(folder, name), `#!/bin/sh\n${content}\n`);
    if (!content.startsWith('/')) chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** A machine on which set-up may install packages. */
export interface Debian {
  readonly options: Scratch & { steps: string[]; platform: string; superuser: boolean };
  /** What apt-get was asked for, a line each. */
  readonly asked: () => string;
}

/** A machine with an apt-get that installs by making programs in the PATH folder, or that has no network. */
export function debian(apt: (folder: string) => string, steps: string[] = ['optional-packages']): Debian {
  const folder = pathWith({ touch: '/usr/bin/touch', chmod: '/usr/bin/chmod' });
  writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\necho "$@" >> ${folder}/asked\n${apt(folder)}\n`, { mode: 0o755 });
  const scratch = scratchProject({ PATH: folder });
  const options = { ...scratch, platform: 'linux-x64', superuser: true, steps };
  return { options, asked: () => (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '') };
}
