"""Quantization by PyTorch, NumPy and SciPy of numbers that TinyLab wrote: torch_quantize.py FOLDER THREADS

FOLDER holds weights.f32, a matrix [out, in] of 3,200 × 3,200, and fewer.f32 for clustering. NAMES: channels (extremes, codes and real numbers again, by
torch.quantize_per_channel), fake (the same by fake_quantize_per_channel_affine), observer (torch.ao HistogramObserver), kl (the TensorRT search as
NVIDIA's toolkit does it, over numpy.histogram), kmeans (scipy.cluster.vq.kmeans2, linear centroids), and write, which leaves what they made."""
import sys

import numpy as np
import torch
from scipy.cluster.vq import kmeans2
from scipy.stats import entropy
from torch.ao.quantization.observer import HistogramObserver

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


def observer():
    histogram = HistogramObserver(bins=2048, dtype=torch.qint8, qscheme=torch.per_tensor_symmetric)
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


serve({"channels": channels, "fake": fake, "observer": observer, "kl": kl, "kmeans": kmeans, "write": write}.get)
