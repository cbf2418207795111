import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolder } from '../base/project.ts';
import { givenFiles } from './given-files.ts';

/** A private copy of what a lab gives to students, inside the project, so that a notebook there finds the library. */
export class Workspace {
  readonly folder: string;

  constructor(labFolder: string) {
    const base = join(projectFolder, '.tinylab/scratch');
    mkdirSync(base, { recursive: true });
    this.folder = mkdtempSync(join(base, 'release-'));
    process.once('exit', this.remove);
    // Below .tinylab modules are CommonJS unless a folder says otherwise.
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }\n');
    for (const name of givenFiles(labFolder)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      cpSync(join(labFolder, name), join(this.folder, name));
    }
  }

  readonly remove = (): void => {
    process.off('exit', this.remove);
    rmSync(this.folder, { recursive: true, force: true });
  };

  get deliverables(): string {
    return join(this.folder, 'deliverables');
  }
}
