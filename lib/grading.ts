// The door `tinylab/grading`: how graders and kernels ask, judge and pass values on. Notebooks import `tinylab`.

export { type Difference, difference, type Tolerance } from './check/compare.ts';
export { type DecodeOptions, decode } from './check/decode.ts';
export { readDeliverable, saveDeliverable } from './check/deliverable.ts';
export type { DeliverableCaps } from './check/deliverables/kinds.ts';
export { type EncodeOptions, encode } from './check/encode.ts';
export { type CheckHooks, setCheckHooks } from './check/hooks.ts';
export { questionOf } from './check/lab.ts';
export { loadLab } from './check/load.ts';
export { kernelSession, localSession, tensorSide } from './check/local-session.ts';
export { answerLoop, type LoopPatience } from './check/loops/answer.ts';
export type { ArrayCounts, CallCounts, LoopAnswer, LoopReply, LoopRequest } from './check/loops/messages.ts';
export { withNeeds } from './check/needs.ts';
export { labReport } from './check/report.ts';
export { hintOf, type ResponderOptions, responder, type Scope, type TensorSide } from './check/respond.ts';
export { publicSeed, runLab, runQuestion } from './check/run.ts';
export {
  type Callback,
  type Channel,
  CheckerCallback,
  faultOf,
  type Reply,
  type Request,
  type Session,
  sessionOver,
} from './check/session.ts';
export { isStaff } from './check/staff.ts';
export { type Fault, type FaultKind, StudentFault } from './check/student-fault.ts';
export { findTools, missingTools } from './check/tools.ts';
export { TensorValue, type Wire, type WireLimits, wireLimits } from './check/wire.ts';
export { isDoor, withhold, withholdable } from './check/withhold.ts';
export { setThreadFolder } from './loops/thread-folder.ts';
