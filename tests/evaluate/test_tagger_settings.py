"""What a tagger may be asked for."""

import pytest

from wordvec.errors import ParameterError
from wordvec.evaluate.tagger import TaggerSettings


@pytest.mark.parametrize(
    "option, message",
    [
        ({"window": 1000}, "window must be an integer 0 to 20, got 1000"),
        ({"seed": 1 << 40}, "seed must be an integer 0 to 4294967295, got 1099511627776"),
    ],
)
def test_windows_that_fill_memory_and_seeds_that_no_generator_takes(option, message):
    with pytest.raises(ParameterError, match=message):
        TaggerSettings(**option)
