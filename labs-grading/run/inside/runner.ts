// Runs a student's cells and answers what checks ask of them. Everything in this process may be the student's by the time it speaks.
import './tensorflow.cjs';
import * as library from 'tinylab';
import { encode, faultOf, isStaff, type Request, readDeliverable, responder, setCheckHooks, tensorSide, withhold } from 'tinylab/grading';
import { createCellExecutor } from '../../../kernels/jupyter/execute.ts';
import { announceHost } from './kernel-host.ts';
import { prepareLoops } from './loops.ts';
import { type Answer, type CallBack, type Incoming, serve } from './port.ts';
import { type StaffModule, staffVersions } from './staff-versions.ts';
import { installDoor } from './withheld-library.ts';

const ownDeliverables = '/lab/work/deliverables';

/** Cells see the library through the door that `prepare` installs, before any of them runs. */
const executor = createCellExecutor(process.cwd(), undefined, (_, module) => module);
announceHost(name => executor.lookup(name));
prepareLoops();
/** Names that the cell which runs now asked `staff` for. */
const asked = new Set<string>();
let close = (_names: readonly string[]): void => {};
const hide = (names: readonly string[]): void => {
  withhold(names);
  close(names);
};
/** Every cell runs once here, so that no name is older than its cell; why one is missing is the supervisor's to say. */
const present = (name: string): { found: boolean; value?: unknown } => {
  const { found, value } = executor.lookup(name);
  return { found, value };
};
const respond = responder({ lookup: present }, { tensors: tensorSide, withhold: hide, isStaff });

// A flood must reach the supervisor's counter while it happens, instead of piling up here until memory ends.
for (const stream of [process.stdout, process.stderr]) {
  (stream as unknown as { _handle?: { setBlocking(blocking: boolean): void } })._handle?.setBlocking(true);
}

// A promise that nobody awaited belongs to the cell that started it: it is shown there and ends nothing.
process.on('unhandledRejection', reason => console.error('Unhandled rejection:', reason));
process.on('uncaughtException', error => console.error('Uncaught error:', error));

function prepare({ full, withheld, staff }: Incoming): Answer {
  const versions = staffVersions(staff as StaffModule | undefined, library);
  close = installDoor(library, withheld as readonly string[]);
  const giveStaff = (name: unknown): unknown => {
    asked.add(String(name).slice(0, 64));
    return versions.get(String(name));
  };
  setCheckHooks({ deliverables: full ? ownDeliverables : '/lab/deliverables', saved: full !== true, graded: true, staff: giveStaff });
  return { ok: true, value: null };
}

async function run({ cell, name, source }: Incoming): Promise<Answer> {
  asked.clear();
  const outcome = await executor.runCompiled(cell as never, { name: String(name), id: String(name), source: String(source) });
  // Timers and rejections that the cell left behind get a turn, so that they are not blamed on the next one.
  await new Promise(resolve => setImmediate(resolve));
  const told = asked.size > 0 && { staff: [...asked].slice(0, 100) };
  if (outcome.ok) return { ok: true, value: { done: true, ...told } };
  const { error } = outcome;
  const message = error instanceof Error ? String(error) : `Thrown: ${String(error)}`;
  const where = error instanceof Error ? /cell\[[^\]]*\]:\d+:\d+/.exec(String(error.stack))?.[0] : undefined;
  const missing = outcome.missing && { missing: outcome.missing.slice(0, 1_000) };
  return { ok: true, value: { done: false, message: message.slice(0, 20_000), ...(where && { where }), ...missing, ...told } };
}

/** What `deliver` saved in this very run, when the work behind it was asked for. */
function handedIn({ name }: Incoming): Answer {
  try {
    return { ok: true, value: encode(readDeliverable(ownDeliverables, String(name))) };
  } catch (error) {
    return { ok: false, fault: faultOf('missing', error) };
  }
}

async function session(request: Incoming, callBack: CallBack): Promise<Answer> {
  return respond(request as unknown as Request, async (id, args) => (await callBack(id, args)) as never);
}

serve(async (request, callBack) => {
  if (request.op === 'hello') return { ok: true, value: null };
  if (request.op === 'ready') return prepare(request);
  if (request.op === 'run') return run(request);
  return request.op === 'handed in' ? handedIn(request) : session(request, callBack);
});
