"""The logistic function in portable arithmetic: additions, products, one division, no libm."""

import math

import numpy as np

from ._jit import kernel

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 0.6931471803691238
_LN2_LOW = 1.9082149292705877e-10
#: Below this, exp(x) is nothing beside 1 in float32 and in the losses.
_FLOOR = -60.0
_POWERS = 2.0 ** np.arange(0, -90, -1)


@kernel
def exp_negative(x):
    """Return exp(x) for x <= 0 with a relative error below 1e-11; exp(-60) below -60.

    Parameters
    ----------
    x : float64
        Not positive, unchecked; NaN gives NaN.
    """
    if math.isnan(x):
        return x
    if x < _FLOOR:
        x = _FLOOR
    k = math.floor(x * _LOG2_E + 0.5)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * _POWERS[int(-k)]
