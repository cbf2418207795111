import type { Budget } from './budget.ts';
import type { Converter } from './converter.ts';
import type { StaffModule } from './inside/staff-versions.ts';
import type { Kit } from './kit.ts';
import type { Sandbox } from './sandbox.ts';

/** What the notebook runs with. */
export interface RunSetting {
  readonly kit: Kit;
  readonly converter: Converter;
  /** What the submission may take by the clock. */
  readonly budget: Budget;
  /** Folder with what was handed in. */
  readonly deliverables: string;
  /** A sandbox that stands ready with that folder; replays open their own. */
  readonly prepared?: Sandbox;
  /** Run the work behind `deliver`. */
  readonly full: boolean;
  /** Exports that some question asks the student to write. */
  readonly withheld: readonly string[];
  /** Reference answers that `staff` gives out; none in the run that scores the student's own. */
  readonly staff?: StaffModule;
}
