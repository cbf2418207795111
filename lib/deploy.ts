// The door `deploy`: networks as integers. Nothing inside lib imports this file.

export { assertProgram, type ProgramLimits } from './deploy/check-program.ts';
export { type EmitOptions, emitC, type McuSource, type McuStep } from './deploy/emit-c/emit-c.ts';
export type { CCore } from './deploy/emit-c/kernel.ts';
export type { ConvSchedule } from './deploy/emit-c/schedule.ts';
export type { WeightBits } from './deploy/emit-c/weight-bits.ts';
export { type FastOptions, type PreparedProgram, type ProgramResult, prepareProgram } from './deploy/fast/run.ts';
export { fixedPoint, type Multiplier } from './deploy/fixed-point.ts';
export { readOnnx } from './deploy/formats/onnx/read-onnx.ts';
export type { OnnxForm } from './deploy/formats/onnx/step-writer.ts';
export { type OnnxOptions, writeOnnx } from './deploy/formats/onnx/write-onnx.ts';
export type { Kernels } from './deploy/formats/tflite/read/rule.ts';
export { readTflite, type TfliteReading } from './deploy/formats/tflite/read-tflite.ts';
export { writeTflite } from './deploy/formats/tflite/write-tflite.ts';
export { type FuseOptions, fuseProgram } from './deploy/fuse/fuse.ts';
export { inspectProgram, type ProgramFacts, type StepFacts } from './deploy/inspect-program.ts';
export { lowerModel } from './deploy/lower/lower.ts';
export { outlineProgram } from './deploy/lower/outline.ts';
export type { McuBoard, McuCore } from './deploy/mcu/cores.ts';
export { type MacKind, type McuDevice, mcuDevice, mcuDevices } from './deploy/mcu/devices.ts';
export { estimateInstructions, type InstructionEstimate, type StepEstimate } from './deploy/mcu/estimate.ts';
export { type DeviceFit, type FitOptions, fits } from './deploy/mcu/fits.ts';
export { pkhbt, pkhtb, qadd, ror, smlad, smlald, ssat, sxtb16 } from './deploy/mcu/instructions.ts';
export { type McuProjectOptions, mcuProject } from './deploy/mcu/project.ts';
export type { McuCounts } from './deploy/mcu/qemu.ts';
export { type McuReporter, setMcuReporter } from './deploy/mcu/report.ts';
export { type McuLayer, type McuRun, type McuRunOptions, runOnMcu } from './deploy/mcu/run.ts';
export type { SourceOptions } from './deploy/mcu/source.ts';
export { type McuTool, type McuTools, mcuTools } from './deploy/mcu/toolchain.ts';
export { type PatchHalo, type PatchHalos, patchHalos } from './deploy/patch/halos.ts';
export {
  type FittedNetwork,
  type JointSearchOptions,
  type PatchedNetwork,
  searchPatchedNetworks,
} from './deploy/patch/joint.ts';
export { type PatchOptions, patchProgram } from './deploy/patch/patch-program.ts';
export { type RedistributeOptions, redistributeReceptiveField } from './deploy/patch/redistribute.ts';
export { type PatchSearch, type PatchSearchOptions, type PatchTrial, searchPatches } from './deploy/patch/search.ts';
export { patchableSteps } from './deploy/patch/stage.ts';
export { memoryByStep, type StepBytes } from './deploy/plan/by-step.ts';
export { type ExactOptions, exactPlacement } from './deploy/plan/exact.ts';
export { paddedChannelBytes, type ScratchOptions } from './deploy/plan/in-place.ts';
export { type ProgramBuffer, programBuffers } from './deploy/plan/lifetimes.ts';
export { type ReorderedProgram, type ReorderOptions, reorderSteps } from './deploy/plan/order.ts';
export type { Placeable } from './deploy/plan/placeable.ts';
export { type MemoryPlan, type PlannedBuffer, type PlanOptions, peakBytes, planMemory } from './deploy/plan/plan.ts';
export { greedyBySize, greedyByTime, linear, type Placement, type PlanStrategy } from './deploy/plan/strategies.ts';
export type { Elements, ElementType, Program, ProgramTensor, Step, TensorQuantization } from './deploy/program.ts';
export { dequantizeOutput, quantizeInput } from './deploy/real-values.ts';
export { type RunOptions, runProgram } from './deploy/run.ts';
export { loadProgram, saveProgram } from './deploy/save.ts';
export { checkedProgram, decodeProgram, encodeProgram } from './deploy/serialize.ts';
export type { ProgramFileLimits } from './deploy/structure.ts';
