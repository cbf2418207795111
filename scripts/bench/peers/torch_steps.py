"""PyTorch's training step and forward pass of a graph that TinyLab wrote: torch_steps.py THREADS BATCH NAME=GRAPH.json …

A graph that is no list of nodes but an object holds the sizes of a transformer (torch_gpt.py).
"""
import contextlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

from serve import graph, serve
from torch_gpt import Gpt

threads, batch = int(sys.argv[1]), int(sys.argv[2])
graphs = {name: graph(path) for name, path in (pair.split("=", 1) for pair in sys.argv[3:])}
torch.set_num_threads(threads)


def convolution(channels, attributes, depthwise):
    height, width = attributes["kernelSize"]
    padding = attributes["padding"]
    strides = tuple(attributes["strides"])
    if padding == "same":
        # with strides TensorFlow's border lies at the other end; the sizes and the work are the same
        padding = (height // 2, width // 2)
    elif padding == "valid":
        padding = 0
    filters = channels * attributes["multiplier"] if depthwise else attributes["filters"]
    groups = channels if depthwise else attributes["groups"]
    return nn.Conv2d(channels, filters, (height, width), strides, padding, groups=groups, bias=attributes["bias"])


class Net(nn.Module):
    def __init__(self, nodes):
        super().__init__()
        self.steps = []
        self.layers = nn.ModuleList()
        channels = {}
        attributes_of_input = nodes[0]["attributes"]["shape"]
        for node in nodes:
            op, attributes, inputs = node["op"], node["attributes"], node["inputs"]
            width = channels[inputs[0]] if inputs else attributes["shape"][-1]
            if op in ("conv2d", "depthwise-conv2d"):
                layer = convolution(width, attributes, op != "conv2d")
                width = layer.out_channels
            elif op == "batch-norm":
                layer = nn.BatchNorm2d(width, eps=attributes["epsilon"], momentum=1 - attributes["momentum"])
            elif op == "dense":
                layer = nn.Linear(width, attributes["units"])
                width = attributes["units"]
            elif op == "flatten":
                layer = nn.Flatten()
                width = attributes_of_input[0] * attributes_of_input[1] * width
            else:
                layer = {"relu": nn.ReLU, "relu6": nn.ReLU6, "max-pool": lambda: nn.MaxPool2d(2)}.get(op, nn.Identity)()
            channels[node["id"]] = width
            self.layers.append(layer)
            self.steps.append((op, node["id"], inputs))

    def forward(self, x):
        values = {}
        for (op, name, inputs), layer in zip(self.steps, self.layers):
            if op == "input":
                values[name] = x
            elif op == "add":
                values[name] = values[inputs[0]] + values[inputs[1]]
            elif op == "global-average-pool":
                values[name] = values[inputs[0]].mean((2, 3))
            else:
                values[name] = layer(values[inputs[0]])
        return values[name]


def distilled(teacher, x, y):
    """0.1 CE + 0.9 T² KL at T = 4, beside what a frozen teacher says now (or said of these images before)."""
    teacher.eval().requires_grad_(False)
    temperature = 4

    def loss(outputs, said):
        soft = F.kl_div(F.log_softmax(outputs / temperature, 1), F.softmax(said / temperature, 1), reduction="batchmean")
        return 0.1 * F.cross_entropy(outputs, y) + 0.9 * temperature**2 * soft

    return loss


def make(name):
    """NAME is net/what/flavour, such as vgg/step/channels_last+compile+bf16; x20 does it twenty times, adam is another optimizer.

    teacher>student/distill is a step of knowledge distillation, teacher>student/cached one whose teacher was asked before.
    """
    net, what, flavour = name.split("/")
    flags = flavour.split("+")
    torch.manual_seed(0)
    taught = ">" in net
    model, x, y = problem(graphs[net.split(">")[-1]])
    teacher = problem(graphs[net.split(">")[0]])[0] if taught else None
    if "channels_last" in flags:
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    if teacher is not None and "channels_last" in flags:
        teacher = teacher.to(memory_format=torch.channels_last)
    run = torch.compile(model) if "compile" in flags else model
    mixed = (lambda: torch.autocast("cpu", torch.bfloat16)) if "bf16" in flags else contextlib.nullcontext
    if what == "forward":
        model.eval()

        def forward():
            with torch.inference_mode(), mixed():
                return run(x).float().sum().item()

        return forward
    adam = "adam" in flags
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3) if adam else torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

    if taught:
        measure = distilled(teacher, x, y)
        measure = torch.compile(measure) if "compile" in flags else measure
        asked = torch.compile(teacher) if "compile" in flags else teacher
        with torch.no_grad():
            before = asked(x)

    def loss_of():
        if not taught:
            return F.cross_entropy(run(x).float(), y)
        if what == "cached":
            return measure(run(x), before)
        with torch.no_grad():
            said = asked(x)
        return measure(run(x), said)

    def step():
        with mixed():
            loss = loss_of()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    times = next((int(flag[1:]) for flag in flags if flag[0] == "x"), 1)
    return lambda: [step() for _ in range(times)]


def problem(graph):
    """A model with inputs and labels of one batch."""
    if isinstance(graph, dict):
        model = Gpt(**graph)
        return model, *model.examples(batch)
    height, width, channels = graph[0]["attributes"]["shape"]
    return Net(graph), torch.rand(batch, channels, height, width), torch.randint(0, 10, (batch,))


serve(make)
