import type { Converter } from './converter.ts';
import type { Kit } from './kit.ts';
import type { StaffModule } from './protocol.ts';

/** What the notebook runs with. */
export interface AttemptSetting {
  readonly kit: Kit;
  readonly converter: Converter;
  /** Folder with what was handed in. */
  readonly deliverables: string | undefined;
  /** Run the work behind `deliver`. */
  readonly full: boolean;
  /** Exports that some question asks the student to write. */
  readonly withheld: readonly string[];
  /** Reference answers that `staff` gives out; none in the run that scores the student's own. */
  readonly staff?: StaffModule;
}
