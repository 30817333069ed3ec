"""How much drift varies when the compass and the slices are trained again: what intervals leave out."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from ..align.compass import CompassAligner
from ..errors import require
from ..progress import Progress, Watcher
from ..text.corpus import Corpus
from .measures import Against, measure_drift

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compass_spread"]

_KEYS = ["word", "source", "target"]


def compass_spread(
    corpus: Corpus,
    aligner: CompassAligner,
    words: Collection[str] | None = None,
    *,
    refits: int = 20,
    against: Against = "previous",
    min_count: int = 20,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> "pd.DataFrame":
    """Align a corpus several times with other seeds, and tell how much the raw drift of each word varies.

    Intervals of :func:`wordvec.drift.assess.assess_drift` take the compass as it is. This is the part they leave out,
    as far as it comes from training: starts, orders and noise words. The text is the same each time.

    Parameters
    ----------
    corpus : Corpus
        Two slices or more.
    aligner : CompassAligner
        ``CompassAligner.of(aligned)`` gives back the one that was used. Refit i has its seed plus i.
    words : collection of str, optional
        These words; every word otherwise.
    refits : int >= 3, default 20
        Alignments. Each takes as long as the first one.
    against, min_count
        As for :func:`wordvec.measure_drift`.
    threads, progress
        As for :meth:`CompassAligner.align`.

    Returns
    -------
    pandas.DataFrame
        ``word source target drift_mean drift_sd refits``, by pair in slice order and then by ``drift_sd``, the largest
        first: the mean of one minus the cosine, its standard deviation over refits (with refits - 1 in the
        denominator), and in how many refits the word was compared.

    Raises
    ------
    ParameterError
        If ``refits`` is below 3, or an argument of the others is outside its domain.

    Examples
    --------
    >>> from wordvec import SkipGram
    >>> then, now = [["the", "king", "rules", "us"]] * 30, [["the", "people", "rules", "us"]] * 30
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    >>> spread = compass_spread(corpus, CompassAligner(SkipGram(dim=8, subsample=0)), refits=3)
    >>> sorted(spread["word"]), bool((spread["drift_sd"] > 0).all())
    (['rules', 'the', 'us'], True)
    """
    import pandas as pd

    require(refits >= 3, "refits", "an integer >= 3", refits)
    tables = []
    for number in range(1, refits + 1):
        trainer = replace(aligner.trainer, seed=aligner.trainer.seed + number)
        watch = None if progress is None else _named(progress, f"refit {number} of {refits}")
        aligned = replace(aligner, trainer=trainer).align(corpus, threads=threads, progress=watch)
        tables.append(measure_drift(aligned, words=words, against=against, min_count=min_count))
    whole = pd.concat(tables, ignore_index=True)
    found = whole.groupby(_KEYS, sort=False)["drift"].agg(["mean", "std", "count"]).reset_index()
    found.columns = pd.Index([*_KEYS, "drift_mean", "drift_sd", "refits"])
    pairs = {
        pair: place for place, pair in enumerate(dict.fromkeys(zip(whole["source"], whole["target"], strict=True)))
    }
    places = [pairs[pair] for pair in zip(found["source"], found["target"], strict=True)]
    ranked = found.assign(place=places).sort_values("word", kind="stable")
    ranked = ranked.sort_values(["place", "drift_sd"], ascending=[True, False], kind="stable", na_position="last")
    return ranked.drop(columns="place").reset_index(drop=True)


def _named(progress: Watcher, name: str) -> Watcher:
    """Return a watcher whose stages say which refit they belong to."""

    def watch(report: Progress) -> None:
        progress(report._replace(stage=f"{name}: {report.stage}"))

    return watch
