"""Are planted prevalences of senses recovered, do their intervals hold them, and is nothing called changed in error?

    python benchmarks/sense_change.py --trials 1000

A trial is a word with two senses in two slices. Its documents are drawn: how long each is, which share of it is of the
first sense (``icc``: how much occurrences in one document go together; 1 would be one sense per discourse), the sense
of each occurrence, and what a gate that errs says of it. From there on the functions of the package run:
confusion, prevalence, intervals, permutations. ``gate``: how often it is right, and by what its evidence is multiplied
(1: honest probabilities; 2: too sure of itself, flattened by the temperature that 40 words with known senses give).
``mean gate``: what averaging probabilities would say of the first slice. ``error``: mean error of the prevalences;
``within .05``: share of them that are as near. ``covered``: share of 95 % intervals of prevalences that hold the
planted ones, ``change covered`` that of differences. ``called``: words with p < .05, with the upper end of its 90 %
interval, which is the rate of false alarms where both slices have one prevalence. ``born``: words in which a sense is
called born. Nothing is timed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from harness import arguments_parser, record, show
from numpy.typing import NDArray

from wordvec.align.sense_slices import estimate_slices
from wordvec.drift.sense_change import measure_sense_change
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.senses.tallies import SenseTallies
from wordvec.statistics.intervals import exact_interval
from wordvec.statistics.quantification import fit_temperature, temper
from wordvec.text.vocabulary import Vocabulary

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """What is planted: prevalence of the first sense in both slices, and how its documents and gate are."""

    planted: tuple[float, float]
    documents: tuple[int, int] = (100, 100)
    length: float = 5.0
    icc: float = 0.3
    right: float = 0.85
    sure: float = 1.0

    @property
    def prior(self) -> float:
        """The prevalence in both slices together, which a gate that was trained on them knows."""
        return float(np.clip(np.average(self.planted, weights=self.documents), 0.02, 0.98))


CASES = (
    Case((0.8, 0.3)),
    Case((0.8, 0.3), sure=2.0),
    Case((0.8, 0.3), right=0.93),
    Case((0.8, 0.3), right=0.75),
    Case((0.8, 0.3), documents=(400, 400)),
    Case((0.8, 0.3), documents=(30, 30)),
    Case((0.8, 0.3), documents=(10, 10)),
    Case((0.8, 0.3), documents=(30, 30), icc=0.8),
    Case((0.8, 0.3), documents=(20, 200)),
    Case((0.97, 0.5), documents=(40, 40)),
    Case((1.0, 0.7), documents=(60, 60)),
    Case((0.8, 0.8)),
    Case((0.5, 0.5)),
    Case((0.5, 0.5), sure=2.0),
    Case((0.5, 0.5), right=0.75),
    Case((0.8, 0.8), icc=0.8),
    Case((0.8, 0.8), documents=(10, 10), icc=0.8),
    Case((0.8, 0.8), documents=(15, 150), icc=0.8),
    Case((0.97, 0.97), documents=(40, 40)),
)


def draw(case: Case, trials: int, rng: np.random.Generator) -> tuple[Floats, NDArray[np.bool_], NDArray[np.int64]]:
    """Return what gates say, float64[N, 2]; whether it is sense 1, bool[N]; word, slice and document, int64[N, 3]."""
    per_word = sum(case.documents)
    sizes = rng.geometric(1.0 / case.length, size=trials * per_word)
    slices = np.tile(np.repeat([0, 1], case.documents), trials)
    planted = np.array(case.planted)[slices]
    spread = (1.0 - case.icc) / case.icc
    inside = (planted > 0) & (planted < 1)
    share = planted.copy()
    share[inside] = rng.beta(planted[inside] * spread, (1.0 - planted[inside]) * spread)
    of = np.repeat(np.arange(len(sizes)), sizes)
    is_first = rng.random(len(of)) < share[of]
    from scipy.special import expit, logit, ndtri

    strength = 2.0 * ndtri(case.right) * rng.choice([0.6, 1.0, 1.4], size=len(of))  # contexts say more or less
    score = np.where(is_first, 0.5, -0.5) * strength + rng.normal(size=len(of))
    first = expit(logit(case.prior) + case.sure * strength * score)
    places = np.stack([of // per_word, slices[of], of], axis=1)
    return np.stack([first, 1.0 - first], axis=1), is_first, places


def tally(chances: Floats, places: NDArray[np.int64], trials: int, temperature: float) -> SenseTallies:
    """Return what :func:`wordvec.senses.tallies.tally_senses` would of a text."""
    word, cell = places[:, 0], places[:, 0] * 2 + places[:, 1]
    found, inverse = np.unique(places[:, 2], return_inverse=True)
    first = np.searchsorted(places[:, 2], found)
    chosen = np.stack([chances[:, 0] >= chances[:, 1], chances[:, 0] < chances[:, 1]], axis=1)
    decided = np.stack([np.bincount(inverse, column) for column in chosen.T], axis=1).astype(np.int32)
    products = np.stack(
        [np.bincount(word, chances[:, i] * chosen[:, j], trials) for i in (0, 1) for j in (0, 1)], axis=1
    ).reshape(trials, 2, 2)
    return SenseTallies(
        ("then", "now"),
        np.arange(trials),
        np.ones((trials, 2), np.bool_),
        np.searchsorted(cell[first], np.arange(2 * trials + 1)).astype(np.int64),
        decided,
        products,
        np.zeros((trials, 2), np.int64),
        temperature,
    )


def blank_compass(trials: int) -> SenseEmbeddings:
    """Return as many words of two senses each; nothing but their number matters."""
    return SenseEmbeddings(
        Vocabulary(tuple(f"word{i}" for i in range(trials)), np.full(trials, 1000)),
        vectors=np.zeros((trials, 2, 1), np.float32),
        prevalence=np.full((trials, 2), 0.5),
        context=np.zeros((trials, 1), np.float32),
        gates=np.zeros((1, 2, 1), np.float32),
        gate_biases=np.zeros((1, 2), np.float32),
        gate_rows=np.zeros(trials, np.int32),
    )


def simulate(case: Case, trials: int, seed: int, resamples: int = 500, permutations: int = 500) -> dict[str, Any]:
    """Return what was recovered, covered and called in one case."""
    rng = np.random.default_rng(seed)
    prior = np.array([case.prior, 1.0 - case.prior])
    temperature = 1.0
    if case.sure != 1.0:
        known, is_first, _ = draw(case, 40, rng)
        temperature = fit_temperature(known, np.tile(prior, (len(known), 1)), np.stack([is_first, ~is_first], axis=1))
    said, _, places = draw(case, trials, rng)
    tallies = tally(temper(said, np.tile(prior, (len(said), 1)), temperature), places, trials, temperature)
    counts = np.asarray(tallies.occurrences.T)
    slices = estimate_slices(blank_compass(trials), tallies, counts, resamples=resamples, seed=seed)
    table = measure_sense_change(slices, min_count=1, resamples=resamples, permutations=permutations, seed=seed).changes
    first = table[table["sense"] == 1]
    planted = np.array(case.planted)[:, None]
    found, low, high = (part[:, :, 0] for part in (slices.prevalence, slices.low, slices.high))
    change = case.planted[1] - case.planted[0]
    called = float((first["p"] < 0.05).mean())
    return {
        "planted": f"{case.planted[0]:g}, {case.planted[1]:g}",
        "documents": f"{case.documents[0]}, {case.documents[1]}",
        "icc": case.icc,
        "gate": f"{case.right:g}, x {case.sure:g}",
        "mean gate": round(float(said[places[:, 1] == 0, 0].mean()), 3),
        "error": round(float(np.abs(np.nanmean(found - planted, axis=1)).max()), 4),
        "within .05": round(float((np.abs(found - planted) <= 0.05).mean()), 3),
        "covered": round(float(((low <= planted) & (planted <= high)).mean()), 4),
        "mean width": round(float(np.nanmean(high - low)), 3),
        "change covered": round(float(((first["low"] <= change) & (change <= first["high"])).mean()), 4),
        "called": round(called, 4),
        "upper limit": round(exact_interval(called, len(first), unit="trial", confidence=0.9).high, 4),
        "born": round(float((table["event"] == "born").groupby(table["word"]).any().mean()), 4),
        "trials": trials,
    }


def simulate_all(cases: tuple[Case, ...], trials: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the results of each case; where nothing changed, of three times as many trials."""
    for case in cases:
        is_same = case.planted[0] == case.planted[1]
        yield simulate(case, (3 if is_same else 1) * trials, seed)


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument(
        "--trials", type=int, default=None, help="default: 1,000; short: 100; three times as many without a change"
    )
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    trials = arguments.trials or (100 if arguments.short else 1000)
    rows = []
    for row in simulate_all(CASES, trials, arguments.seed):
        show([row])
        rows.append(row)
    record("sense_change", rows)


if __name__ == "__main__":
    main()
