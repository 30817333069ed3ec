"""Slices and the drift table with statistics that an assessment of them could give; some words are evil."""

import numpy as np
import pandas as pd

from wordvec import AlignedSlices, Embeddings, Vocabulary

EVIL = (
    "<script>document.title='x'</script>",
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "' onload='x",
    "sep\u2028end\u2029",
    "nul\x00",
    "عربي",
)
DISTINCT = tuple(f"word{i}" for i in range(30))


def make(n_slices=2, words=EVIL + DISTINCT, against="previous"):
    """Return slices, and the table that an assessment of them could give."""
    rng = np.random.default_rng(n_slices)
    n = len(words)
    vocabulary = Vocabulary(words, np.arange(n, 0, -1) + 500)
    rows = tuple(Embeddings(vocabulary, rng.normal(size=(n, 5)).astype(np.float32)) for _ in range(n_slices))
    labels = tuple(f"slice <{t}> & co" for t in range(n_slices))
    slices = AlignedSlices(labels, rows, vocabulary, rng.integers(30, 400, size=(n_slices, n)))
    pairs = [(labels[0 if against == "first" else t - 1], labels[t]) for t in range(1, n_slices)]
    parts = []
    for source, target in pairs:
        drift = np.linspace(0.9, -0.02, n)
        q = np.where(drift > 0.5, 1e-5, 0.4)
        counts = {"count_source": 40, "count_target": 60, "units_source": 9, "units_target": 30}
        tests = {"p": q, "p_floor": q / 2, "q": q, "floor": 0.1, **counts, "unit": "speaker", "why": ""}
        named = {"word": words, "source": source, "target": target}
        part = pd.DataFrame({**named, "drift": drift, "low": drift - 0.1, "high": drift + 0.1, **tests})
        part.loc[n - 1, ["low", "high", "p", "p_floor", "q", "floor"]] = np.nan
        part.loc[n - 1, "why"] = "fewer than 5 units in a slice"
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    left = [{"source": s, "target": t, "compared": n, "too_rare": 7, "few_units": 1, "words": []} for s, t in pairs]
    settings = {"unit": "speaker", "min_count": 20, "splits": 16, "against": against, "confidence": 0.95}
    table.attrs = {"settings": settings, "left_out": left, "notes": ["Mind the <gap>."]}
    return slices, table
