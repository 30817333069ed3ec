"""Artefacts that several tests of commands read."""

import pytest
from small_vectors import planted, two_slices


@pytest.fixture
def vectors(tmp_path):
    planted().save(tmp_path / "vectors.wv")
    return tmp_path / "vectors.wv"


@pytest.fixture
def aligned(tmp_path):
    two_slices().save(tmp_path / "aligned.wvs")
    return tmp_path / "aligned.wvs"
