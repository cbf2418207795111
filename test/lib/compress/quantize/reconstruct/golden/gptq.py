"""Writes gptq.json: codes by the code of GPTQ's authors, package gptq 0.0.3, with PyTorch on the CPU.

    python gptq.py FOLDER gptq.json        FOLDER: the unpacked source package gptq-0.0.3

Inputs are given times 16, weights times 1,024, so that all numbers are exact; weights are [inputs, outputs].
"""
import json
import sys
import types

import torch

# the package imports these for language models and GPUs, which are not used here
sys.modules['transformers'] = types.SimpleNamespace(Conv1D=type('Conv1D', (), {}))
sys.modules['quant_cuda'] = types.SimpleNamespace(matvmul2=None, matvmul3=None, matvmul4=None, matvmul8=None)
package = types.ModuleType('gptq')
package.__path__ = [sys.argv[1] + '/gptq']
sys.modules['gptq'] = package
from gptq.gptq import GPTQ
from gptq.quant import Quantizer

torch.manual_seed(20)
cases = []
for k, f, bits, damping in [(6, 3, 3, 0.01), (12, 4, 2, 0.01), (16, 5, 4, 0.05), (9, 2, 3, 0.1), (33, 3, 2, 0.01)]:
    mix = torch.randn(k, k) + torch.eye(k)
    x = torch.round(torch.randn(80, k) @ mix * 16) / 16
    layer = torch.nn.Linear(k, f, bias=False)
    layer.weight.data = torch.round(torch.randn(f, k) * 256) / 1024
    w = layer.weight.data.clone()
    solver = GPTQ(layer)
    solver.quantizer = Quantizer()
    solver.quantizer.configure(bits, perchannel=True, sym=False)
    solver.quantizer.ready = lambda: False
    solver.add_batch(x, None)
    solver.fasterquant(blocksize=5, percdamp=damping)
    codes = torch.round(layer.weight.data / solver.quantizer.scale + solver.quantizer.zero).int()
    whole = lambda a, times: (a * times).int().flatten().tolist()
    cases.append(dict(rows=k, columns=f, bits=bits, damping=damping, inputs=whole(x, 16), weights=whole(w.t(), 1024), codes=codes.t().flatten().tolist()))
with open(sys.argv[2], 'w') as file:
    file.write('[\n' + ',\n'.join('  ' + json.dumps(case, separators=(',', ':')) for case in cases) + '\n]\n')
