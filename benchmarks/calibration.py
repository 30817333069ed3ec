"""Do 95 % intervals hold the true score in 95 of 100 cases, and are equal models called different in 5?

    python benchmarks/calibration.py --trials 200

Test sets are simulated with the words and pairs of the real ones: which words share a pair, and which pairs a
question, are read from the files; what people and models say is drawn, with a part that belongs to each word
(or pair of words) and a part of each item's own. The true score is known by formula. Beside the method of the
package (the variance over shared units): items taken as independent, which is what is published, and the
pigeonhole bootstrap over units. ``covered``: share of 95 % intervals that
hold the true score; ``called different``: share of pairs of equally good models with p < .05, with the upper end
of its 90 % interval; ``shared``: part of the spread that belongs to words or word pairs. Nothing is timed.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, record, show
from numpy.typing import NDArray

from wordvec.evaluate.measures import MEAN, SPEARMAN, Measure
from wordvec.evaluate.outcome import Outcome
from wordvec.evaluate.sets.datasets import bundled, read_dataset
from wordvec.evaluate.similarity import read_pairs
from wordvec.statistics.hypotheses import assess_difference
from wordvec.statistics.intervals import Interval, exact_interval
from wordvec.statistics.units import count_units, draw_weights, shared_variance

QUESTION_SHIFT = {"analogy, half right": 0.0, "analogy, a tenth right": -1.2815515655446004}


@dataclass(frozen=True)
class Case:
    """A test set to simulate: the units behind its items, and how much of the spread is theirs."""

    name: str
    units: NDArray[np.int64]
    shared: float
    shift: float | None  # of the threshold that makes a hit; None for a correlation


def cases(data: Path) -> Iterator[Case]:
    """Yield the real structures, each with little and much that belongs to words."""
    folders = {
        "MC-30": "EN-MC-30.txt",
        "RG-65": "EN-RG-65.txt",
        "WordSim-353": "EN-WS-353-ALL.txt",
        "MEN": "EN-MEN-TR-3k.txt",
    }
    sets = {name: read_dataset(data / "eval" / "similarity" / file) for name, file in folders.items()}
    sets["UMNSRS-sim"] = bundled("UMNSRS-sim.txt")
    for name, dataset in sets.items():
        numbers: dict[str, int] = {}
        pairs = [
            [numbers.setdefault(word.casefold(), len(numbers)) for word in pair] for pair in read_pairs(dataset).words
        ]
        for shared in (0.0, 0.3, 0.6):
            yield Case(name, np.array(pairs), shared, None)
    asked: dict[tuple[str, str, str], int] = {}
    rows, category = [], ""
    for _, line in bundled("questions-words.txt").lines():
        if line.startswith(":"):
            category = line
        else:
            a, b, c, d = line.casefold().split()
            rows.append([asked.setdefault((category, *pair), len(asked)) for pair in ((a, b), (c, d))])
    for name, shift in QUESTION_SHIFT.items():
        yield Case(f"Google {name}", np.array(rows), 0.5, shift)


def draw(
    case: Case, rng: np.random.Generator, correlation: float = 0.6, between: float = 0.8
) -> tuple[list[NDArray[np.float64]], float]:
    """Return the values of two equally good models, and the true score of both."""
    n, size = len(case.units), int(case.units.max()) + 1
    if case.shift is None:
        mix = np.linalg.cholesky([[1, correlation, correlation], [correlation, 1, between], [correlation, between, 1]])
    else:
        mix = np.linalg.cholesky([[1, 0, 0], [0, 1, between], [0, between, 1]])
    words, own = rng.normal(size=(size, 3)) @ mix.T, rng.normal(size=(n, 3)) @ mix.T
    drawn = math.sqrt(case.shared / 2) * words[case.units].sum(axis=1) + math.sqrt(1 - case.shared) * own
    if case.shift is None:
        return [drawn[:, [0, 1]], drawn[:, [0, 2]]], 6 / math.pi * math.asin(correlation / 2)
    from scipy.special import ndtr

    hits = (drawn[:, 1:] > -case.shift).astype(float)
    return [hits[:, [0]], hits[:, [1]]], float(ndtr(case.shift))


def simulate(case: Case, trials: int, resamples: tuple[int, int], seed: int) -> Iterator[dict[str, Any]]:
    """Return the shares of intervals that hold the truth, and of equal models called different, by method."""
    rng = np.random.default_rng(seed)
    measure = SPEARMAN if case.shift is None else MEAN
    alone = np.arange(len(case.units))[:, None]
    covered = dict.fromkeys(("shared units", "independent items", "pigeonhole bootstrap"), 0)
    different = dict.fromkeys(covered, 0)
    widths, some = 0.0, min(trials, resamples[1])
    for trial in range(trials):
        (first, second), truth = draw(case, rng)
        influences = [measure.influence(values) for values in (first, second)]
        scores = [measure.score(values) for values in (first, second)]
        gap, moved = scores[0] - scores[1], influences[0] - influences[1]
        for method, units in (("shared units", case.units), ("independent items", alone)):
            found = interval(measure, first, units)
            covered[method] += found.low <= truth <= found.high
            freedom = count_units(units) - 1
            different[method] += assess_difference(gap, shared_variance(moved, units), freedom).p < 0.05
            widths += (found.high - found.low) / trials if method == "shared units" else 0.0
        if trial < some:
            weights = draw_weights(case.units, resamples[0], rng)
            weights /= weights.mean(axis=1, keepdims=True)
            low, high = np.quantile(scores[0] + weights @ influences[0], [0.025, 0.975])
            covered["pigeonhole bootstrap"] += low <= truth <= high
            low, high = np.quantile(gap + weights @ moved, [0.025, 0.975])
            different["pigeonhole bootstrap"] += not low <= 0.0 <= high
    for method in covered:
        tried = some if method.startswith("pigeonhole") else trials
        limit = exact_interval(different[method] / tried, tried, unit="trial", confidence=0.9).high
        yield {
            "test set": case.name,
            "items": len(case.units),
            "units": count_units(case.units),
            "shared": case.shared,
            "method": method,
            "covered": round(covered[method] / tried, 4),
            "called different": round(different[method] / tried, 4),
            "upper limit": round(limit, 4),
            "trials": tried,
            "mean width": round(widths, 4) if method == "shared units" else None,
        }


def interval(measure: Measure, values: NDArray[np.float64], units: NDArray[np.int64]) -> Interval:
    """Return the interval that the package gives."""
    items = np.arange(len(values))
    return Outcome("", "", "", "", measure, items, values, units, "unit", 0, "").interval()


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--trials", type=int, default=None, help="default: 2,000; short: 100")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    trials = arguments.trials or (100 if arguments.short else 2000)
    rows = []
    for case in cases(arguments.data):
        for row in simulate(case, trials, (400, min(trials, 200)), arguments.seed):
            show([row])
            rows.append(row)
    record("calibration", rows)


if __name__ == "__main__":
    main()
