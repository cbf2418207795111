import { Stopped } from './fault.mjs';

const frameMs = 120;
const seconds = ms => `${(ms / 1000).toFixed(1)} s`;

/**
 * The list that a person watches: one line per finished step with its time. In a terminal one more line, redrawn, says what runs now; in a
 * log file, that line would be noise, so details appear there only when they change in a way worth a line (each tenth of a download).
 */
export function createProgress(stream = process.stderr) {
  const running = new Map();
  const live = stream.isTTY ? setInterval(() => redraw(stream, running), frameMs) : undefined;
  live?.unref();
  const line = text => stream.write(`${stream.isTTY ? '\r\x1b[K' : ''}${text}\n`);
  return {
    say: line,
    started: step => running.set(step, { began: performance.now(), detail: '', tenth: 0 }),
    detail: (step, detail) => showDetail({ step, detail, state: running.get(step), stream, line }),
    finished(step, ms, remark) {
      running.delete(step);
      line(`  ✔ ${step.title.padEnd(44)} ${seconds(ms).padStart(8)}`);
      if (remark) line(remark.replace(/^/gm, '    '));
    },
    failed(step, error) {
      running.delete(step);
      if (!(error instanceof Stopped)) line(`  ✘ ${step.title}`);
    },
    close: () => {
      clearInterval(live);
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}

function showDetail({ step, detail, state, stream, line }) {
  if (!state) return;
  state.detail = detail.text;
  const tenth = Math.floor((detail.fraction ?? 0) * 10);
  if (!stream.isTTY && tenth > state.tenth) line(`    ${step.title}: ${detail.text}`);
  state.tenth = tenth;
}

function redraw(stream, running) {
  const now = performance.now();
  const parts = [...running].map(([step, { began, detail }]) => `${step.title} ${detail || seconds(now - began)}`);
  if (parts.length > 0) stream.write(`\r\x1b[K  … ${parts.join('  ·  ').slice(0, (stream.columns ?? 80) - 6)}`);
}
