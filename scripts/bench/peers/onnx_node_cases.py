"""The node tests that ONNX generates for its quantized operators, as JSON: attributes, types, shapes and numbers of inputs and outputs."""
import importlib
import json
import warnings

warnings.filterwarnings("ignore")
import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case import node as cases

for name in ["qlinearconv", "qlinearmatmul", "convinteger", "matmulinteger", "quantizelinear", "dequantizelinear"]:
    importlib.import_module(f"onnx.backend.test.case.node.{name}")


def value(info, data):
    kind = info.type.tensor_type.elem_type
    array = numpy_helper.to_array(data) if isinstance(data, TensorProto) else data
    return {
        "type": TensorProto.DataType.Name(kind).lower(),
        "shape": list(array.shape),
        "data": np.asarray(array).astype(np.float64).ravel().tolist(),
    }


def values(infos, data):
    return [value(info, one) for info, one in zip(infos, data)]


found = []
for case in cases._NodeTestCases:
    nodes = case.model.graph.node
    if len(nodes) != 1:
        continue
    inputs, outputs = case.data_sets[0]
    attributes = {a.name: helper.get_attribute_value(a) for a in nodes[0].attribute}
    found.append(
        {
            "name": case.name,
            "op": nodes[0].op_type,
            "attributes": {k: v for k, v in attributes.items() if not isinstance(v, bytes)},
            "inputs": values(case.model.graph.input, inputs),
            "outputs": values(case.model.graph.output, outputs),
        }
    )
print(json.dumps(found))
