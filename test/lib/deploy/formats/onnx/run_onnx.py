"""Checks ONNX files and runs them in ONNX Runtime: a list of jobs as JSON on stdin, the raw outputs into files."""
import json
import sys

import numpy as np
import onnx
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.log_severity_level = 3

for job in json.load(sys.stdin):
    onnx.checker.check_model(job["model"], full_check=True)
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, job.get("level", "ORT_ENABLE_ALL"))
    session = onnxruntime.InferenceSession(job["model"], options, providers=["CPUExecutionProvider"])
    feeds = {
        value.name: np.fromfile(file, dtype=dtype).reshape([-1, *value.shape[1:]])
        for value, (file, dtype) in zip(session.get_inputs(), job["inputs"])
    }
    for file, output in zip(job["outputs"], session.run(None, feeds)):
        output.tofile(file)
