"""ONNX Runtime and NumPy on one operation of one thread each: NAME is RUNTIME/CASE; an uncounted run comes first, times are processor time."""
import os
import sys
import time

# Left to itself OpenBLAS takes its kernels of 256-bit vectors on this kind of processor, at half the speed; what is set here, in a running process, it does not see.
if "OPENBLAS_CORETYPE" not in os.environ:
    wide = os.path.exists("/proc/cpuinfo") and "avx512f" in open("/proc/cpuinfo").read()
    os.environ.update(OPENBLAS_NUM_THREADS="1", OPENBLAS_CORETYPE="SkylakeX" if wide else "")
    os.execv(sys.executable, [sys.executable, *sys.argv])

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from serve import serve

SIDE = 512
rng = np.random.default_rng(7)
kinds = {np.float32: TensorProto.FLOAT, np.int8: TensorProto.INT8, np.uint8: TensorProto.UINT8, np.int32: TensorProto.INT32}


def values(kind, *shape):
    if kind is np.float32:
        return rng.standard_normal(shape).astype(kind)
    ends = np.iinfo(kind)
    return rng.integers(ends.min, ends.max + 1, shape).astype(kind)


def session(node, x, constants, output):
    """One node as a model: x is fed, the constants are weights, which the runtime packs before it runs."""
    kind, shape = output
    graph = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info("x", kinds[x.dtype.type], x.shape)],
        [helper.make_tensor_value_info("y", kinds[kind], shape)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    found = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    binding = found.io_binding()
    binding.bind_ortvalue_input("x", onnxruntime.OrtValue.ortvalue_from_numpy(x))
    binding.bind_ortvalue_output("y", onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(shape, kind)))
    return lambda: found.run_with_iobinding(binding)


def matmul():
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    return session(node, values(np.float32, SIDE, SIDE), {"w": values(np.float32, SIDE, SIDE)}, (np.float32, [SIDE, SIDE]))


def matmul_integer(kind):
    node = helper.make_node("MatMulInteger", ["x", "w"], ["y"])
    return session(node, values(kind, SIDE, SIDE), {"w": values(np.int8, SIDE, SIDE)}, (np.int32, [SIDE, SIDE]))


def conv():
    node = helper.make_node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])
    return session(node, values(np.float32, 1, 64, 56, 56), {"w": values(np.float32, 64, 64, 3, 3)}, (np.float32, [1, 64, 56, 56]))


def qlinear_conv(kind):
    names = ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"]
    constants = {
        "xs": np.float32(0.01),
        "xz": kind(0 if kind is np.int8 else 128),
        "w": values(np.int8, 64, 64, 3, 3),
        "ws": rng.uniform(0.001, 0.01, 64).astype(np.float32),
        "wz": np.zeros(64, np.int8),
        "ys": np.float32(0.1),
        "yz": kind(0 if kind is np.int8 else 128),
        "b": values(np.int32, 64) >> 20,
    }
    node = helper.make_node("QLinearConv", names, ["y"], pads=[1, 1, 1, 1])
    return session(node, values(kind, 1, 64, 56, 56), {name: np.asarray(value) for name, value in constants.items()}, (kind, [1, 64, 56, 56]))


def blas():
    a, b, out = values(np.float32, SIDE, SIDE), values(np.float32, SIDE, SIDE), np.zeros((SIDE, SIDE), np.float32)
    return lambda: np.matmul(a, b, out=out)


cases = {
    "onnx/matmul": matmul,
    "onnx/matmul-u8s8": lambda: matmul_integer(np.uint8),
    "onnx/matmul-s8s8": lambda: matmul_integer(np.int8),
    "onnx/conv": conv,
    "onnx/conv-u8": lambda: qlinear_conv(np.uint8),
    "onnx/conv-s8": lambda: qlinear_conv(np.int8),
    "numpy/matmul": blas,
}


def runs(name):
    once = cases[name]()

    def run(_):
        once()

    run.prepare = once
    run.clock = time.process_time
    return run


serve(runs)
