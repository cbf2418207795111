# Lab 00's formula questions as a Python notebook for nbgrader. A line `# %% KIND ID [POINTS]` begins a cell: given, answer or check.
# Each check asks as many generated cases as the lab's own, against a reference that is written beside it.

# %% given imports
import math
import random

import numpy as np

# %% answer grade-me
def add(a, b):
    ### BEGIN SOLUTION
    return a + b
    ### END SOLUTION

# %% check grade-me 5
rng = random.Random(1)
for _ in range(4):
    a, b = rng.randint(-50, 50), rng.randint(1, 50)
    assert add(a, b) == a + b

# %% given alexnet
alex = [(3, 64, 11, 55), (64, 192, 5, 27), (192, 384, 3, 13), (384, 256, 3, 13), (256, 256, 3, 13)]
weights = np.array([i * o * k * k for i, o, k, _ in alex])
work = np.array([i * o * k * k * s * s for i, o, k, s in alex])
print({'weights': weights.tolist(), 'macs': work.tolist()})

# %% answer parameters
def conv_parameters(layer):
    ### BEGIN SOLUTION
    count = layer['out'] * layer['in'] // layer['groups'] * layer['kernel'] ** 2
    return count + (layer['out'] if layer['bias'] else 0)
    ### END SOLUTION

# %% check parameters 10
def convolution(rng):
    groups = rng.choice([1, 2, 4])
    return {
        'in': groups * rng.randint(2, 16),
        'out': groups * rng.randint(2, 16),
        'kernel': rng.choice([1, 3, 5, 7]),
        'groups': groups,
        'bias': rng.choice([True, False]),
    }


rng = random.Random(2)
for _ in range(8):
    layer = convolution(rng)
    expected = layer['out'] * layer['in'] * layer['kernel'] ** 2 // layer['groups'] + layer['bias'] * layer['out']
    assert conv_parameters(layer) == expected

# %% answer model-size
def model_size_bytes(tensors):
    ### BEGIN SOLUTION
    return sum(count * bits for count, bits in tensors) / 8
    ### END SOLUTION

# %% check model-size 10
rng = random.Random(3)
for _ in range(6):
    tensors = [(8 * rng.randint(1, 5000), rng.choice([2, 4, 8, 16, 32])) for _ in range(rng.randint(2, 5))]
    assert model_size_bytes(tensors) == sum(c * b for c, b in tensors) / 8

# %% given networks
nets = {'ResNet-18': (11_689_512, 1_814_073_344), 'MobileNetV2': (3_504_872, 300_774_272)}
for name, (parameters, macs) in nets.items():
    print(f'{name:12} {parameters:>12,} {macs:>16,}')

# %% given timeline
timeline = np.cumsum(np.random.default_rng(1).integers(1, 100, 60))
print(timeline.max(), timeline.mean())

# %% answer activations
def total_activation_values(sizes):
    ### BEGIN SOLUTION
    return sum(sizes)
    ### END SOLUTION


def peak_activation_values(sizes):
    ### BEGIN SOLUTION
    return max(a + b for a, b in zip(sizes, sizes[1:]))
    ### END SOLUTION


### BEGIN SOLUTION
memory_answer = 'c'
### END SOLUTION

# %% check activations 15
rng = random.Random(4)
for _ in range(6):
    sizes = [rng.randint(1, 64) ** 2 * rng.randint(1, 32) for _ in range(rng.randint(4, 9))]
    assert total_activation_values(sizes) == sum(sizes)
    assert peak_activation_values(sizes) == max(sizes[i] + sizes[i + 1] for i in range(len(sizes) - 1))
assert memory_answer == 'c'

# %% given where-the-work-is
print(dict(zip('abcde', (work / work.sum()).round(3).tolist())))

# %% answer macs
def conv_macs(layer):
    ### BEGIN SOLUTION
    size = (layer['size'] + 2 * layer['padding'] - layer['kernel']) // layer['stride'] + 1
    return layer['out'] * layer['in'] // layer['groups'] * layer['kernel'] ** 2 * size**2
    ### END SOLUTION


def conv_flops(layer):
    ### BEGIN SOLUTION
    return 2 * conv_macs(layer)
    ### END SOLUTION

# %% check macs 15
rng = random.Random(5)
for _ in range(8):
    layer = convolution(rng)
    layer |= {'size': rng.randint(15, 64), 'stride': rng.choice([1, 2, 3]), 'padding': rng.choice([0, (layer['kernel'] - 1) // 2])}
    size = math.floor((layer['size'] + 2 * layer['padding'] - layer['kernel']) / layer['stride']) + 1
    expected = layer['out'] * layer['in'] * layer['kernel'] ** 2 // layer['groups'] * size**2
    assert conv_macs(layer) == expected
    assert conv_flops(layer) == 2 * expected

# %% answer receptive-field
def receptive_field(layers):
    ### BEGIN SOLUTION
    field = jump = 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field
    ### END SOLUTION

# %% check receptive-field 10
rng = random.Random(6)
for _ in range(8):
    layers = [(rng.choice([1, 3, 5, 7]), rng.choice([1, 2, 3])) for _ in range(rng.randint(3, 6))]
    expected = 1 + sum((k - 1) * math.prod(s for _, s in layers[:i]) for i, (k, _) in enumerate(layers))
    assert receptive_field(layers) == expected
assert receptive_field([]) == 1

# %% given stacks
for name, kernels in {'three 3 x 3': [3, 3, 3], 'one 7 x 7': [7]}.items():
    count = sum(conv_parameters({'in': 64, 'out': 64, 'kernel': k, 'groups': 1, 'bias': False}) for k in kernels)
    print(name, receptive_field([(k, 1) for k in kernels]), count)

# %% given kinds
kinds = np.array([[1_769_472, 0.5e6], [37_748_736, 0.7e6], [589_824, 0.5e6], [655_360, 2.8e6]])
print((2 * kinds[:, 0] / kinds[:, 1]).round(2).tolist())

# %% answer roofline
def latency_ms(work, device):
    ### BEGIN SOLUTION
    macs, bytes_moved = work
    flops, bandwidth = device
    return max(2 * macs / flops, bytes_moved / bandwidth) * 1e3
    ### END SOLUTION

# %% check roofline 10
rng = random.Random(7)
for _ in range(8):
    work, device = (rng.randint(1, 10**9), rng.randint(1, 10**8)), (rng.randint(10, 500) * 1e9, rng.randint(5, 100) * 1e9)
    assert math.isclose(latency_ms(work, device), 1e3 * max(2 * work[0] / device[0], work[1] / device[1]), rel_tol=1e-6)

# %% answer energy
def energy_microjoules(work):
    ### BEGIN SOLUTION
    macs, bytes_moved = work
    return (macs * (3.7 + 0.9) + bytes_moved / 4 * 640) / 1e6
    ### END SOLUTION

# %% check energy 5
rng = random.Random(8)
for _ in range(5):
    work = (rng.randint(1, 1000) * 10**4, 4000 * rng.randint(1, 1000))
    assert math.isclose(energy_microjoules(work), (work[0] * 4.6 + work[1] / 4 * 640) / 1e6, rel_tol=1e-6)
