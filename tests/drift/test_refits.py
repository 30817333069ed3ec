"""How much drift varies over seeds."""

import numpy as np
import pytest
from drift.controlled import two_slices

from wordvec import CompassAligner, ParameterError, SkipGram, measure_drift
from wordvec.drift.refits import compass_spread

ALIGNER = CompassAligner(SkipGram(dim=8, epochs=1, negative=2, window=2))


def test_the_spread_is_that_of_alignments_with_other_seeds():
    corpus, stages = two_slices(300), []
    spread = compass_spread(
        corpus, ALIGNER, ["w0001", "w0002", "w0003"], refits=3, min_count=5, progress=lambda r: stages.append(r.stage)
    )
    drifts = []
    for seed in (2, 3, 4):
        trainer = SkipGram(dim=8, epochs=1, negative=2, window=2, seed=seed)
        table = measure_drift(CompassAligner(trainer).align(corpus), words=["w0002"], min_count=5)
        drifts.append(table["drift"].iloc[0])
    row = spread.set_index("word").loc["w0002"]
    assert row["drift_mean"] == pytest.approx(np.mean(drifts), rel=1e-5)
    assert row["drift_sd"] == pytest.approx(np.std(drifts, ddof=1), rel=1e-3)
    assert row["refits"] == 3 and list(spread["drift_sd"]) == sorted(spread["drift_sd"], reverse=True)
    assert {stage.partition(":")[0] for stage in stages} == {f"refit {i} of 3" for i in (1, 2, 3)}
    with pytest.raises(ParameterError, match="refits must be an integer >= 3, got 2"):
        compass_spread(corpus, ALIGNER, refits=2)
