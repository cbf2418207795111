"""LiteRT and ONNX Runtime on integer networks: NAME is RUNTIME;FILE;BATCH;THREADS;TIMES, a run is TIMES inferences of BATCH examples.

Weights are packed, memory is planned and inputs stand where the runtime reads them before the clock starts."""
import numpy as np

from serve import serve


def example(shape, dtype):
    rng = np.random.default_rng(7)
    if np.issubdtype(dtype, np.integer):
        ends = np.iinfo(dtype)
        return rng.integers(ends.min, ends.max + 1, shape).astype(dtype)
    return rng.standard_normal(shape).astype(dtype)


def litert(file, batch, threads):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=file, num_threads=threads)
    detail = interpreter.get_input_details()[0]
    interpreter.resize_tensor_input(detail["index"], [batch, *detail["shape"][1:]])
    interpreter.allocate_tensors()
    interpreter.set_tensor(detail["index"], example([batch, *detail["shape"][1:]], detail["dtype"]))
    return interpreter.invoke


def onnx_runtime(file, batch, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    detail = session.get_inputs()[0]
    dtype = {"tensor(int8)": np.int8, "tensor(uint8)": np.uint8, "tensor(float)": np.float32}[detail.type]
    binding = session.io_binding()
    binding.bind_cpu_input(detail.name, example([batch, *detail.shape[1:]], dtype))
    for output in session.get_outputs():
        binding.bind_output(output.name, "cpu")
    return lambda: session.run_with_iobinding(binding)


runtimes = {"litert": litert, "onnx": onnx_runtime}
made = {}


def runs(name):
    runtime, file, batch, threads, times = name.split(";")
    key = (runtime, file, batch, threads)
    if key not in made:
        made[key] = runtimes[runtime](file, int(batch), int(threads))
    once = made[key]

    def run():
        for _ in range(int(times)):
            once()

    return run


serve(runs)
