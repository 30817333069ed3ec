import math

import naive
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wordvec.kernels.logistic import exp_negative


@settings(deadline=None)
@given(x=st.floats(-1e6, 0.0))
def test_exp_negative_equals_naive(x):
    assert exp_negative(x) == pytest.approx(naive.exp_negative(x), rel=1e-11)


def test_exp_negative_at_the_ends():
    assert exp_negative(0.0) == 1.0
    assert exp_negative(-math.inf) == pytest.approx(math.exp(-60))
    assert math.isnan(exp_negative(math.nan))
