import { exportBlackboard } from './blackboard.ts';
import { exportCanvas } from './canvas.ts';
import { exportCsv } from './csv.ts';
import type { Exporter } from './exported.ts';
import { exportJunit } from './junit.ts';
import { exportMoodle } from './moodle.ts';
import { exportNbgrader } from './nbgrader.ts';
import { exportPrairieLearn } from './prairielearn.ts';

/** Where grades go, and how they are written there. */
export const formats: Readonly<Record<string, Exporter>> = {
  csv: exportCsv,
  nbgrader: exportNbgrader,
  canvas: exportCanvas,
  moodle: exportMoodle,
  blackboard: exportBlackboard,
  prairielearn: exportPrairieLearn,
  junit: exportJunit,
};
