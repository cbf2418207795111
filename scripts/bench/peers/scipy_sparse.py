"""scipy's CSR · dense: NAME is OUTPUTS/INPUTS/BATCH/SPARSITY/TIMES, a run is TIMES products of such a weight and input."""
import numpy as np
from scipy.sparse import csr_matrix

from serve import serve


def products(name):
    outputs, inputs, batch, sparsity, times = name.split("/")
    rng = np.random.default_rng(7)
    weight = rng.standard_normal((int(outputs), int(inputs)), dtype=np.float32)
    weight[np.abs(weight) < np.quantile(np.abs(weight), float(sparsity))] = 0
    rows = csr_matrix(weight)
    right = rng.standard_normal((int(inputs), int(batch)), dtype=np.float32)

    def run():
        for _ in range(int(times)):
            rows @ right

    return run


serve(products)
