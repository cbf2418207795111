"""Checks ONNX files and runs them in ONNX Runtime: a list of jobs as JSON on stdin, the raw outputs into files, the times of the runs as JSON on stdout."""
import json
import sys
import time

import numpy as np
import onnx
import onnxruntime

times = []
for job in json.load(sys.stdin):
    onnx.checker.check_model(job["model"], full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job.get("threads", 1)
    options.log_severity_level = 3
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, job.get("level", "ORT_ENABLE_ALL"))
    session = onnxruntime.InferenceSession(job["model"], options, providers=["CPUExecutionProvider"])
    feeds = {
        value.name: np.fromfile(file, dtype=dtype).reshape([-1, *value.shape[1:]])
        for value, (file, dtype) in zip(session.get_inputs(), job["inputs"])
    }
    taken = []
    for _ in range(job.get("rounds", 1)):
        began = time.perf_counter()
        outputs = session.run(None, feeds)
        taken.append(1000 * (time.perf_counter() - began))
    for file, output in zip(job["outputs"], outputs):
        output.tofile(file)
    times.append(taken)
print(json.dumps(times))
