"""PyTorch's and Torch-Pruning's pruning of a network that TinyLab wrote: torch_prune.py FOLDER SPARSITY RATIO THREADS

FOLDER holds the graph (net.json) and the values (net.safetensors). NAMES: fine (masks by torch.nn.utils.prune), channels (Torch-Pruning's
step, graph built beforehand), graph+channels (the same with the graph), and write, which leaves what both made in FOLDER."""
import copy
import sys

import torch
import torch_pruning as tp
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.utils import prune

from serve import graph, serve

folder, sparsity, ratio = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
torch.set_num_threads(int(sys.argv[4]))
values = load_file(f"{folder}/net.safetensors")
nodes = graph(f"{folder}/net.json")["nodes"]


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def layer(node):
    op, names = node["op"], node["parameters"]
    if op == "conv2d":
        kernel = values[names["kernel"]].permute(3, 2, 0, 1).contiguous()
        made = nn.Conv2d(kernel.shape[1], kernel.shape[0], 3, padding=1, bias=False)
        made.weight = nn.Parameter(kernel)
    elif op == "batch-norm":
        made = nn.BatchNorm2d(len(values[names["gamma"]]))
    elif op == "dense":
        kernel = values[names["kernel"]].T.contiguous()
        made = nn.Linear(kernel.shape[1], kernel.shape[0])
        made.weight = nn.Parameter(kernel)
    else:
        made = {"relu": nn.ReLU, "max-pool": lambda: nn.MaxPool2d(2), "global-average-pool": Mean}[op]()
    return made


# a name of a module holds no dot or minus
named = {node["id"].replace("-", "_"): node for node in nodes[1:]}
net = nn.Sequential()
for name, node in named.items():
    net.add_module(name, layer(node))
net.eval()
example = torch.zeros(1, *[nodes[0]["attributes"]["shape"][axis] for axis in (2, 0, 1)])
weighted = [name for name, node in named.items() if node["op"] in ("conv2d", "dense")]


def pruner(model):
    importance = tp.importance.MagnitudeImportance(p=2, group_reduction="first", normalizer=None)
    classifier = [m for m in model.modules() if isinstance(m, nn.Linear)]
    return tp.pruner.MagnitudePruner(model, example, importance=importance, pruning_ratio=ratio, ignored_layers=classifier)


def fine(model):
    for name in weighted:
        prune.l1_unstructured(model.get_submodule(name), "weight", amount=sparsity)
    return model


def channels(ready):
    ready.step()
    return ready.model


def graph_and_channels(model):
    return channels(pruner(model))


def ours(weight):
    """[out, in, kh, kw] → [kh, kw, in, out], [units, features] → [features, units]"""
    return (weight.permute(2, 3, 1, 0) if weight.dim() == 4 else weight.T).contiguous()


def write():
    masked = fine(copy.deepcopy(net))
    small = graph_and_channels(copy.deepcopy(net))
    found = {}
    for name in weighted:
        kernel = named[name]["parameters"]["kernel"]
        found[f"{kernel}.mask"] = ours(masked.get_submodule(name).weight_mask).to(torch.uint8)
        found[f"{kernel}.small"] = ours(small.get_submodule(name).weight.data)
    save_file(found, f"{folder}/found.safetensors")


fine.prepare = graph_and_channels.prepare = lambda: copy.deepcopy(net)
channels.prepare = lambda: pruner(copy.deepcopy(net))
serve({"fine": fine, "channels": channels, "graph+channels": graph_and_channels, "write": write}.get)
