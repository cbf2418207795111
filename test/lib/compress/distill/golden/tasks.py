"""Writes tasks.json: losses of tasks and their gradients with respect to the student's value, by PyTorch's own functions and its autograd, in double precision.

    python tasks.py tasks.json        torch 2.15.0, such as npm run bench -- small-steps --peers installs

Inputs are given times 16, so that all numbers are exact; maps are [n, h, w, c].
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(15)
torch.set_default_dtype(torch.float64)
draw = lambda *shape: torch.round(torch.randn(*shape) * 16) / 16
inputs = dict(
    regions=draw(6, 4), teacherRegions=draw(6, 4), edges=draw(3, 4, 8), teacherEdges=draw(3, 4, 8),
    pixels=draw(2, 3, 4, 5), teacherPixels=draw(2, 3, 4, 5), features=draw(2, 3, 4, 3), teacherFeatures=draw(2, 3, 4, 5),
    judged=draw(7, 1), real=draw(7, 1),
)


def soft(s, t, weights, temperature):
    # a mean over weights is the default of PyTorch; the sum over regions is not
    return F.cross_entropy(s / temperature, (t / temperature).softmax(1), weight=torch.tensor(weights), reduction='sum') / len(s)


def divergence(s, t, temperature):
    rows = lambda a: F.log_softmax(a.reshape(-1, a.shape[-1]) / temperature, 1)
    return temperature**2 * F.kl_div(rows(s), rows(t), reduction='batchmean', log_target=True)


def similarity(s, t):
    cosines = lambda a: F.cosine_similarity(a.flatten(1, 2).unsqueeze(1), a.flatten(1, 2).unsqueeze(2), dim=-1)
    return F.mse_loss(cosines(s), cosines(t))


def student(made, real):
    return F.binary_cross_entropy_with_logits(made, torch.ones_like(made)) + 0 * real.sum()


def discriminator(made, real):
    return F.binary_cross_entropy_with_logits(real, torch.ones_like(real)) + F.binary_cross_entropy_with_logits(made, torch.zeros_like(made))


cases = [
    ('soft, weights 1', 'regions', 'teacherRegions', lambda s, t: soft(s, t, [1.0, 1, 1, 1], 1)),
    ('soft, background 1.5, T 2', 'regions', 'teacherRegions', lambda s, t: soft(s, t, [1.5, 1, 1, 1], 2)),
    ('edges T 10', 'edges', 'teacherEdges', lambda s, t: divergence(s, t, 10)),
    ('edges T 2', 'edges', 'teacherEdges', lambda s, t: divergence(s, t, 2)),
    ('pixels', 'pixels', 'teacherPixels', lambda s, t: divergence(s, t, 1)),
    ('pairs', 'features', 'teacherFeatures', similarity),
    ('adversary student', 'judged', 'real', student),
    ('adversary discriminator', 'judged', 'real', discriminator),
]


def run(name, s, t, loss):
    value = inputs[s].clone().requires_grad_()
    result = loss(value, inputs[t])
    result.backward()
    return dict(name=name, student=s, teacher=t, value=result.item(), gradient=value.grad.flatten().tolist())


line = lambda v: json.dumps(v, separators=(',', ':'))
written = ',\n    '.join(f'{line(k)}: {line(dict(shape=list(v.shape), values=[int(x) for x in (v * 16).flatten()]))}' for k, v in inputs.items())
results = ',\n    '.join(line(run(*case)) for case in cases)
with open(sys.argv[1], 'w') as file:
    file.write(f'{{\n  "inputs": {{\n    {written}\n  }},\n  "cases": [\n    {results}\n  ]\n}}\n')
