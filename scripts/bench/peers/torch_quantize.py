"""Quantization by PyTorch, torchao, NumPy and SciPy of numbers that TinyLab wrote: torch_quantize.py FOLDER THREADS

FOLDER holds weights.f32, a matrix [out, in] of 3,200 x 3,200, and fewer.f32 for clustering. NAMES, each from the numbers on:
channels          extremes of each row, scales max |x| / 127, int8 codes by torch.quantize_per_channel, and dequantized: codes and real numbers, as ours
torchao           the same by torchao: choose_qparams_affine (symmetric, -127 ... 127), quantize_affine, dequantize_affine, uncompiled
fake              extremes and real numbers by torch.fake_quantize_per_channel_affine, which writes a mask of what is inside besides
torchao_fake      the same by torchao's _fake_quantize_affine, which makes the codes as float32
histogram         torch.aminmax and torch.histc, counts as float32
numpy_histogram   numpy.histogram, which finds the extremes itself
observer          torch.ao HistogramObserver: a histogram, then the ends with the least squared error, moved in by quantiles
torchao_observer  the same class in torchao.pt2e
kl                the TensorRT search as NVIDIA's toolkit does it, over numpy.histogram: the threshold that ours finds
kmeans            scipy.cluster.vq.kmeans2, linear centroids
write             leaves what they made"""
import sys

import numpy as np
import torch
from scipy.cluster.vq import kmeans2
from scipy.stats import entropy
from torch.ao.quantization.observer import HistogramObserver
from torchao.quantization.pt2e.observer import HistogramObserver as AffineHistogramObserver
from torchao.quantization.quant_primitives import (
    MappingType,
    _fake_quantize_affine,
    choose_qparams_affine,
    dequantize_affine,
    quantize_affine,
)

from serve import serve

folder = sys.argv[1]
torch.set_num_threads(int(sys.argv[2]))
side, clusters, iterations = 3200, 16, 20
values = np.fromfile(f"{folder}/weights.f32", dtype=np.float32)
fewer = np.fromfile(f"{folder}/fewer.f32", dtype=np.float32)
weight = torch.from_numpy(values).view(side, side)


def scales():
    low, high = torch.aminmax(weight, dim=1)
    return torch.maximum(-low, high).clamp_min(0) / 127


def quantized():
    return torch.quantize_per_channel(weight, scales().double(), torch.zeros(side, dtype=torch.int64), 0, torch.qint8)


def channels():
    return quantized().dequantize()


def fake():
    return torch.fake_quantize_per_channel_affine(weight, scales(), torch.zeros(side, dtype=torch.int32), 0, -127, 127)


row = (1, side)


def affine():
    return choose_qparams_affine(weight, MappingType.SYMMETRIC, row, torch.int8, -127, 127)


def torchao():
    scale, zero = affine()
    return dequantize_affine(quantize_affine(weight, row, scale, zero, torch.int8, -127, 127), row, scale, zero, torch.int8, -127, 127)


def torchao_fake():
    scale, zero = affine()
    return _fake_quantize_affine(weight, row, scale, zero, torch.int8, -127, 127)


def histogram():
    low, high = torch.aminmax(weight)
    return torch.histc(weight, 2048, low.item(), high.item())


def numpy_histogram():
    return np.histogram(values, 2048)


def observer(kind=HistogramObserver):
    histogram = kind(bins=2048, dtype=torch.qint8, qscheme=torch.per_tensor_symmetric)
    histogram(weight)
    return histogram.calculate_qparams()


def kl(bins=2048, levels=128):
    counts, edges = np.histogram(np.abs(values), bins=bins)
    counts[0] = counts[1]
    best, least = bins, np.inf
    for kept in range(max(levels, bins // 16), bins + 1):
        p = counts[:kept].astype(np.float64)
        p[-1] += counts[kept:].sum()
        bounds = (np.arange(levels + 1) * kept) // levels
        q = np.zeros(kept)
        for start, end in zip(bounds[:-1], bounds[1:]):
            filled = p[start:end] != 0
            if filled.any():
                q[start:end][filled] = counts[start:end].sum() / filled.sum()
        if p[-1] > 0 and q[-1] == 0:
            q[-1] = 1e-4
        divergence = entropy(p, q)
        if divergence < least:
            best, least = kept, divergence
    return edges[best]


def kmeans():
    start = np.linspace(fewer.min(), fewer.max(), clusters, dtype=np.float32)
    return kmeans2(fewer, start, iter=iterations, minit="matrix", missing="warn")


def write():
    quantized().int_repr().numpy().tofile(f"{folder}/codes.i8")
    centroids, codes = kmeans()
    error = ((fewer.astype(np.float64) - centroids[codes]) ** 2).sum()
    np.array([kl(), error], dtype=np.float64).tofile(f"{folder}/found.f64")


serve(
    {
        "channels": channels,
        "torchao": torchao,
        "fake": fake,
        "torchao_fake": torchao_fake,
        "histogram": histogram,
        "numpy_histogram": numpy_histogram,
        "observer": observer,
        "torchao_observer": lambda: observer(AffineHistogramObserver),
        "kl": kl,
        "kmeans": kmeans,
        "write": write,
    }.get
)
