import { displaySymbol, kernelHost, type MimeBundle } from '../tensor/host.ts';
import {
  setReporter,
  type TrainingEnd,
  type TrainingEpoch,
  type TrainingReporter,
  type TrainingStart,
  type TrainingStep,
} from '../train/report.ts';
import { Curve } from './curve.ts';
import { facets } from './facets.ts';
import type { Figure } from './figure.ts';
import { duration, percent } from './format.ts';
import { type Displayable, type Live, live } from './live.ts';
import { line } from './plot/line.ts';
import { type Progress, progress } from './progress.ts';

/** What is known of a run so far. */
interface Run {
  readonly info: TrainingStart;
  readonly curve: Curve;
  readonly epochs: TrainingEpoch[];
  readonly bar: Progress;
  readonly picture: Live<Displayable>;
}

/**
 * Shows training as it goes: a progress bar, and the curves of loss and accuracy, each in one output that changes in place at most ten times a
 * second. Outside a notebook nothing is shown.
 */
export function liveTraining(): TrainingReporter {
  let run: Run | undefined;
  return {
    start(info) {
      const curve = new Curve();
      const epochs: TrainingEpoch[] = [];
      const bar = progress(info.epochs * info.stepsPerEpoch, { label: `Training ${info.model}` });
      // The figure is made when it is drawn, not at every step.
      const picture = live({ [displaySymbol]: (): MimeBundle => trainingFigure(curve, epochs)[displaySymbol]() });
      run = { info, curve, epochs, bar, picture };
    },
    step(event) {
      run?.curve.add(event.step, event.loss);
      run?.picture.update(run.picture.value);
      run?.bar.set(event.step, stepNote(run.info, event));
    },
    epoch(event) {
      run?.epochs.push(event);
      run?.picture.update(run.picture.value);
    },
    end(event) {
      run?.picture.update(run.picture.value);
      run?.picture.flush();
      run?.bar.end(endNote(event));
    },
  };
}

/** The curves of a run: loss by step, and accuracy by epoch once there is one. */
export function trainingFigure(curve: Curve, epochs: readonly TrainingEpoch[]): Figure {
  const loss = line({ training: curve.values }, { at: curve.steps, title: 'Loss', x: 'Step', y: 'Loss' });
  if (!epochs.some(epoch => epoch.accuracy !== undefined)) return loss;
  const column = (of: (epoch: TrainingEpoch) => number | undefined): number[] => epochs.map(epoch => of(epoch) ?? Number.NaN);
  const validated = epochs.some(epoch => epoch.validationAccuracy !== undefined);
  const series = {
    training: column(epoch => epoch.accuracy),
    ...(validated ? { validation: column(epoch => epoch.validationAccuracy) } : {}),
  };
  const lone = epochs.length === 1; // a single point has no range of its own: an axis around it would pass 100 %
  const y = { title: 'Accuracy', percent: true, ...(lone && { range: [0, 1] as const }) };
  return facets([loss, line(series, { at: epochs.map(epoch => epoch.epoch), title: 'Accuracy', x: 'Epoch', y, markers: true })]);
}

const stepNote = (info: TrainingStart, event: TrainingStep): string =>
  `epoch ${event.epoch} of ${info.epochs} · loss ${event.loss.toFixed(3)}`;

const reasons: Readonly<Record<TrainingEnd['reason'], string>> = {
  finished: 'finished',
  'early-stop': 'stopped early',
  interrupted: 'interrupted',
  failed: 'failed',
};

function endNote({ reason, epochs }: TrainingEnd): string {
  const last = epochs.at(-1);
  const accuracies = [
    last?.accuracy === undefined ? '' : `accuracy ${percent(last.accuracy)}`,
    last?.validationAccuracy === undefined ? '' : `validation ${percent(last.validationAccuracy)}`,
  ];
  return [reasons[reason], last ? `loss ${last.loss.toFixed(3)}` : '', ...accuracies].filter(Boolean).join(' · ');
}

/**
 * Training as lines of text for a terminal: one for each epoch and one at the end, handed to `write`.
 * @example
 * const lines: string[] = [];
 * setReporter(() => trainingLines(text => lines.push(text)));
 * setReporter(undefined);
 */
export function trainingLines(write: (line: string) => void): TrainingReporter {
  let total = 0;
  return {
    start(info) {
      total = info.epochs;
      write(
        `${info.model}: ${info.parameters} parameters, ${info.examples} examples, ${info.epochs} epochs of ${info.stepsPerEpoch} steps`,
      );
    },
    epoch(event) {
      const note = endNote({ reason: 'finished', steps: 0, epochs: [event], elapsedMilliseconds: 0 }).replace(/^finished · /, '');
      write(`epoch ${event.epoch}/${total} · ${note} · ${duration(event.elapsedMilliseconds)}`);
    },
    end(event) {
      write(`${reasons[event.reason]} after ${event.steps} steps, ${duration(event.elapsedMilliseconds)}`);
    },
  };
}

// Importing the library is enough for a notebook to show its training.
setReporter(() => (kernelHost() ? liveTraining() : {}));
