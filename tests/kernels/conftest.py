"""With the JIT off, kernels run on NumPy scalars, whose intended wrap-around would warn."""

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def wrap_around_is_meant():
    with np.errstate(over="ignore"):
        yield
