import { projectFolder } from '../base/project.ts';
import { groupDriver } from './cgroup.ts';
import type { GroupDriver } from './group.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { Sandbox, type SandboxOptions } from './sandbox.ts';

/** Sandboxes of one worker: where they come from and what they may use. */
export interface Kit {
  readonly driver: GroupDriver;
  readonly limits: Limits;
  /** Which of several workers this is. */
  readonly slot: number;
  open(program: string, options?: Partial<SandboxOptions>): Sandbox;
}

/** A kit for one worker on this machine. */
export function openKit(options: { limits?: Partial<Limits>; slot?: number } = {}): Kit {
  const driver = groupDriver();
  const limits = { ...defaultLimits, ...options.limits };
  const slot = options.slot ?? 0;
  return {
    driver,
    limits,
    slot,
    open: (program, more) => new Sandbox({ project: projectFolder, driver, limits, slot, program, ...more }),
  };
}
