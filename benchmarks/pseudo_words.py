"""Do pairs of words that share one form fall apart again, and do other words stay whole?

    python benchmarks/pseudo_words.py

A walk over 600 words of latent meanings, 200,000 tokens, 20 pairs of unlike words under one form each (three
seeds; 50 dimensions, window 4, K = 3). ``ARI``: mean adjusted Rand index of the 20; ``kept``: senses that words of
two meanings and that ordinary words keep. The settings are the paper's with a dearer uncertainty; ``one by one``
trains window after window (racing with one thread), ``blocks`` as by default. Nothing is timed.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, record, show

from wordvec.train.disambiguated import DisambiguatedSkipGram

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from synthetic import pseudo_words

PAPER = replace(DisambiguatedSkipGram.paper(), dim=50, window=4, subsample=0)
SETTINGS = {
    "blocks, cost .3": (replace(PAPER, entropy=0.3, gate_lr=2.0), False),
    "blocks, cost .4": (replace(PAPER, entropy=0.4, gate_lr=2.0), False),
    "one by one, cost .3": (replace(PAPER, entropy=0.3), True),
    "one by one, cost .35": (replace(PAPER, entropy=0.35), True),
    "no shared gate first (lr .025, cost .4)": (replace(PAPER, entropy=0.4, lr=0.025, gate_epochs=0, epochs=5), True),
    "uncertainty costs at first (lr .025, cost .4)": (replace(PAPER, entropy=0.4, lr=0.025, gate_entropy=0.4), True),
}


def main() -> None:
    options = arguments_parser(__doc__ or "").parse_args()
    rows: list[dict[str, Any]] = []
    for name, (trainer, racing) in SETTINGS.items():
        found = []
        for seed in (1,) if options.short else (1, 2, 3):
            words = pseudo_words(seed)
            senses = replace(trainer, seed=seed).train(words.corpus, racing=racing, threads=1 if racing else None)
            found.append((float(np.mean(words.scores(senses))), *words.kept(senses)))
        ari, ambiguous, ordinary = (sum(values) / len(found) for values in zip(*found, strict=True))
        each = [round(values[0], 2) for values in found]
        means = {"ARI": round(ari, 3), "each seed": str(each), "kept, two meanings": round(ambiguous, 2)}
        rows.append({"settings": name, **means, "kept, ordinary": round(ordinary, 2)})
    record("pseudo_words", rows)
    show(rows)


if __name__ == "__main__":
    main()
