"""Runs .tflite files with LiteRT. argv: folder. cases.json there: a list of { file, inputs, count, kernels }; writes N.out, all outputs of all
examples one after the other, and results.json: for each case null, or what went wrong."""

import json
import os
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

folder = sys.argv[1]
kernels = {"reference": OpResolverType.BUILTIN_REF, "default": OpResolverType.AUTO}


def run(case, number):
    model = Interpreter(
        model_path=os.path.join(folder, case["file"]),
        experimental_op_resolver_type=kernels[case["kernels"]],
        num_threads=1,
    )
    model.allocate_tensors()
    details = model.get_input_details()
    data = [
        np.fromfile(os.path.join(folder, name), dtype=d["dtype"]).reshape([case["count"], *d["shape"]])
        for name, d in zip(case["inputs"], details)
    ]
    with open(os.path.join(folder, f"{number}.out"), "wb") as out:
        for i in range(case["count"]):
            for values, d in zip(data, details):
                model.set_tensor(d["index"], values[i])
            model.invoke()
            for d in model.get_output_details():
                out.write(model.get_tensor(d["index"]).tobytes())


results = []
with open(os.path.join(folder, "cases.json")) as file:
    cases = json.load(file)
for number, case in enumerate(cases):
    print(number, case["file"], flush=True)
    try:
        run(case, number)
        results.append(None)
    except Exception as error:  # what LiteRT refuses is told, the rest goes on
        results.append(str(error))
with open(os.path.join(folder, "results.json"), "w") as file:
    json.dump(results, file)
