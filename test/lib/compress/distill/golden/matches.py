"""Writes matches.json: losses and their gradients with respect to the student's value, by PyTorch's own functions and its autograd, in double precision.

    python matches.py matches.json        torch 2.15.0, such as npm run bench -- small-steps --peers installs

Inputs are given times 16, so that all numbers are exact; maps are [n, h, w, c].
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(14)
torch.set_default_dtype(torch.float64)
draw = lambda *shape: torch.round(torch.randn(*shape) * 16) / 16
inputs = dict(
    maps=draw(4, 2, 3, 3), teacherMaps=draw(4, 2, 3, 5), likeMaps=draw(4, 2, 3, 3), vectors=draw(5, 3), teacherVectors=draw(5, 4),
    first=draw(4, 2, 3, 3), likeFirst=draw(4, 2, 3, 3), scores=draw(2, 2, 3, 3), likeScores=draw(2, 2, 3, 3),
)


def attention(s, t, p):
    read = lambda a: F.normalize(a.abs().pow(p).sum(-1).flatten(1), dim=1)
    return F.mse_loss(read(s), read(t))


def selectivity(s, t, kernel):
    channels = lambda a: F.normalize(a.flatten(1, 2), dim=1).transpose(1, 2)
    s, t = channels(s), channels(t)
    if kernel == 'gaussian':
        both = torch.cat([s, t], 1)
        apart = torch.cdist(both, both, compute_mode='donot_use_mm_for_euclid_dist').square()
        n = both.shape[1]
        variance = apart.sum((1, 2), keepdim=True) / (n * (n - 1))
        k = torch.exp(-apart / (2 * variance))
        c = s.shape[1]
        ss, tt, st = k[:, :c, :c], k[:, c:, c:], k[:, :c, c:]
    else:
        power = 1 if kernel == 'linear' else 2
        ss, tt, st = [(x @ y.transpose(1, 2)) ** power for x, y in [(s, s), (t, t), (s, t)]]
    return (ss.mean((1, 2)) + tt.mean((1, 2)) - 2 * st.mean((1, 2))).mean()


def boundaries(s, t):
    # PyTorch's own margin losses lack the square
    side = torch.where(t > 0, 1.0, -1.0)
    return F.relu(1 - side * s).square().mean()


def relation_distance(s, t):
    def read(e):
        d = F.pdist(e)
        return d / d.mean()
    return F.smooth_l1_loss(read(s), read(t))


def relation_angle(s, t):
    n = s.shape[0]
    triples = torch.tensor([(i, j, k) for i in range(n) for j in range(n) for k in range(n) if len({i, j, k}) == 3])
    i, j, k = triples.t()
    read = lambda e: F.cosine_similarity(e[i] - e[j], e[k] - e[j])
    return F.smooth_l1_loss(read(s), read(t))


def fsp(s, t):
    read = lambda first, second: torch.einsum('nhwi,nhwj->nij', first, second) / (first.shape[1] * first.shape[2])
    return F.mse_loss(read(inputs['first'], s), read(inputs['likeFirst'], t))


def attention_maps(s, t):
    # of scores before softmax, so that PyTorch's divergence may take logarithms of them
    rows = lambda a: F.log_softmax(a, -1).flatten(0, -2)
    return F.kl_div(rows(s), rows(t), reduction='batchmean', log_target=True)


cases = [(f'attention p {p}', 'maps', 'teacherMaps', lambda s, t, p=p: attention(s, t, p)) for p in (1, 2, 3)]
cases += [(f'selectivity {k}', 'maps', 'teacherMaps', lambda s, t, k=k: selectivity(s, t, k)) for k in ('linear', 'polynomial', 'gaussian')]
cases += [
    ('boundaries', 'maps', 'likeMaps', boundaries),
    ('hint', 'maps', 'likeMaps', F.mse_loss),
    ('relation distance', 'vectors', 'teacherVectors', relation_distance),
    ('relation angle', 'vectors', 'teacherVectors', relation_angle),
    ('fsp', 'maps', 'likeMaps', fsp),
    ('attention maps', 'scores', 'likeScores', attention_maps),
]
found = []
for name, student, teacher, loss in cases:
    s = inputs[student].clone().requires_grad_()
    value = loss(s, inputs[teacher])
    value.backward()
    gradient = [round(g, 9) for g in s.grad.flatten().tolist()]
    found.append(dict(name=name, student=student, teacher=teacher, value=round(value.item(), 9), gradient=gradient))


def network(channels, second, seed):
    torch.manual_seed(seed)
    # [inputs, outputs]; biases are 0
    return [(torch.round(torch.randn(a, b) * 16) / 16) for a, b in [(3, channels), (channels, second), (second, 3)]]


def gradient_map(weights, x, labels, graph):
    a = torch.tanh(x @ weights[0])
    logits = torch.tanh(a @ weights[1]).mean((1, 2)) @ weights[2]
    (slope,) = torch.autograd.grad(F.cross_entropy(logits, labels), a, create_graph=graph)
    return F.normalize(slope.square().sum(-1).flatten(1), dim=1)


student, teacher = network(3, 4, 1), network(5, 4, 2)
labels = torch.tensor([0, 2, 1, 0])
for weight in student + teacher:
    weight.requires_grad_()
value = F.mse_loss(gradient_map(student, inputs['maps'], labels, True), gradient_map(teacher, inputs['maps'], labels, False).detach())
slopes = torch.autograd.grad(value, student)
gradients = dict(
    labels=labels.tolist(), value=round(value.item(), 9),
    student=[(w * 16).int().flatten().tolist() for w in student], teacher=[(w * 16).int().flatten().tolist() for w in teacher],
    gradients=[[round(g, 9) for g in slope.flatten().tolist()] for slope in slopes],
)
flat = {name: dict(shape=list(value.shape), values=(value * 16).int().flatten().tolist()) for name, value in inputs.items()}
line = lambda value: json.dumps(value, separators=(',', ':'))
with open(sys.argv[1], 'w') as file:
    rows = ['    ' + line(name) + ': ' + line(value) for name, value in flat.items()]
    file.write('{\n  "inputs": {\n' + ',\n'.join(rows) + '\n  },\n  "cases": [\n' + ',\n'.join('    ' + line(case) for case in found) + '\n  ],\n  "gradientAttention": ' + line(gradients) + '\n}\n')
