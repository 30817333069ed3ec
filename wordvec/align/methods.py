"""Every aligner behind one door: slices of a corpus in, vectors in one space out."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Literal, TypedDict

from ..checkpoints import Checkpoints
from ..errors import ParameterError, require
from ..progress import Watcher
from ..slices import AlignedSlices

if TYPE_CHECKING:
    from ..lexicon import Lexicon
    from ..text.corpus import Corpus
    from ..train.cbow import CBOW
    from ..train.skipgram import SkipGram
    from .balance import Balance

__all__ = ["METHODS", "Method", "align_slices"]

Method = Literal[
    "compass",
    "procrustes",
    "linear",
    "local-linear",
    "vector-init",
    "temporal-referencing",
    "word-injection",
    "static",
    "unaligned",
]
#: The options that each method takes, beside those that all take.
METHODS: Mapping[str, frozenset[str]] = {
    "compass": frozenset({"init", "balance", "leave_out", "equal_tokens", "lexicon"}),
    "procrustes": frozenset({"base", "anchors", "center", "normalize", "equal_tokens"}),
    "linear": frozenset({"base", "share", "equal_tokens"}),
    "local-linear": frozenset({"base", "neighbors", "equal_tokens"}),
    "vector-init": frozenset({"equal_tokens"}),
    "temporal-referencing": frozenset({"words", "equal_tokens"}),
    "word-injection": frozenset({"words", "equal_tokens"}),
    "static": frozenset(),
    "unaligned": frozenset({"equal_tokens"}),
}


class _Run(TypedDict):
    """What says how a method runs, and changes no bit."""

    threads: int | None
    racing: bool
    progress: Watcher | None
    checkpoints: Checkpoints | None


class _Common(_Run):
    """What every method takes."""

    min_slice_count: int


class _Thinned(_Common):
    """What every method takes that trains slices."""

    equal_tokens: bool


def align_slices(
    corpus: "Corpus",
    trainer: "SkipGram | CBOW",
    *,
    method: Method = "compass",
    min_slice_count: int = 5,
    equal_tokens: bool = False,
    init: Literal["random", "compass"] | None = None,
    balance: "Balance | None" = None,
    leave_out: Collection[str] | None = None,
    lexicon: "Lexicon | None" = None,
    graph_weight: float = 0.1,
    base: str | None = None,
    anchors: Collection[str] | None = None,
    center: bool | None = None,
    normalize: bool | None = None,
    share: float | None = None,
    neighbors: int | None = None,
    words: Collection[str] | None = None,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> AlignedSlices:
    """Train the slices of a corpus and bring them into one space, by any method.

    Parameters
    ----------
    corpus : Corpus
        Its labels name the result's slices.
    trainer : SkipGram or CBOW
        How vectors are trained.
    method : str, default "compass"
        ``"compass"`` (:class:`CompassAligner`), ``"procrustes"`` (:func:`train_slices_procrustes`), ``"linear"``
        (:func:`train_slices_linear`), ``"local-linear"`` (:func:`train_slices_local_linear`), ``"vector-init"``
        (:func:`train_slices_chained`), ``"temporal-referencing"`` (:func:`train_slices_referenced`),
        ``"word-injection"`` (:func:`train_slices_injected`), and as controls ``"static"``
        (:func:`train_slices_static`) and ``"unaligned"`` (:func:`train_slices_unaligned`).
    min_slice_count : int >= 1, default 5
        A word with fewer occurrences in a slice has no vector there.
    equal_tokens : bool, default False
        Thin the slices to the tokens of the smallest (:func:`thin_slices`); for all methods but ``"static"``.
    init, balance, leave_out, lexicon, graph_weight
        For the compass.
    base
        For ``"procrustes"``, ``"linear"`` and ``"local-linear"``.
    anchors, center, normalize
        For ``"procrustes"``.
    share
        For ``"linear"``.
    neighbors
        For ``"local-linear"``.
    words
        For ``"temporal-referencing"`` (all words otherwise) and ``"word-injection"`` (which needs them).
    threads, racing, progress, checkpoints
        As for :meth:`CompassAligner.align`.

    Returns
    -------
    AlignedSlices
        ``metadata["method"]`` and ``metadata["settings"]`` say how it was made. The same bits for any number of
        threads, unless they race; and for any order of slices, but with ``"vector-init"`` or a ``base`` that is not
        a label.

    Raises
    ------
    ParameterError
        If ``method`` is unknown, or an option does not belong to it.
    FormatError
        If a slice has too little text.
    AlignmentError
        If slices cannot be brought together.

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"]] * 9, "now": [["b", "a"]] * 9}, min_count=1)
    >>> trainer = SkipGram(dim=4, epochs=1, subsample=0)
    >>> align_slices(corpus, trainer, method="temporal-referencing").metadata["method"]
    'temporal-referencing'
    """
    given = {
        "equal_tokens": equal_tokens or None,
        "init": init,
        "balance": balance,
        "leave_out": leave_out,
        "lexicon": lexicon,
        "base": base,
        "anchors": anchors,
        "center": center,
        "normalize": normalize,
        "share": share,
        "neighbors": neighbors,
        "words": words,
    }
    check_options(method, [name for name, value in given.items() if value is not None])
    run = _Run(threads=threads, racing=racing, progress=progress, checkpoints=checkpoints)
    common = _Common(**run, min_slice_count=min_slice_count)
    thinned = _Thinned(**common, equal_tokens=equal_tokens)
    base = "last" if base is None else base
    if method == "compass":
        from .compass import CompassAligner

        aligner = CompassAligner(
            trainer,
            init=init or "random",
            min_slice_count=min_slice_count,
            balance=balance or "none",
            leave_out=tuple(leave_out or ()),
            equal_tokens=equal_tokens,
        )
        return aligner.align(corpus, lexicon=lexicon, graph_weight=graph_weight, **run)
    if method == "procrustes":
        from .procrustes import train_slices_procrustes

        even, unit = bool(center), normalize is not False
        return train_slices_procrustes(
            corpus, trainer, base=base, anchors=anchors, center=even, normalize=unit, **thinned
        )
    if method in ("linear", "local-linear"):
        from .maps import train_slices_linear, train_slices_local_linear

        if method == "linear":
            return train_slices_linear(corpus, trainer, share=0.5 if share is None else share, base=base, **thinned)
        k = 100 if neighbors is None else neighbors
        return train_slices_local_linear(corpus, trainer, neighbors=k, base=base, **thinned)
    if method in ("vector-init", "unaligned"):
        from .separate import train_slices_chained, train_slices_unaligned

        train = train_slices_chained if method == "vector-init" else train_slices_unaligned
        return train(corpus, trainer, **thinned)
    from .together import train_slices_injected, train_slices_referenced, train_slices_static

    if method == "static":
        return train_slices_static(corpus, trainer, **common)
    if method == "word-injection":
        return train_slices_injected(corpus, trainer, words=words or (), **thinned)
    return train_slices_referenced(corpus, trainer, words=words, **thinned)


def check_options(method: str, given: Collection[str]) -> None:
    """Raise :class:`ParameterError` if the method is unknown, or one of the named options is not of it."""
    require(method in METHODS, "method", f"one of {', '.join(METHODS)}", method)
    for name in given:
        if name not in METHODS[method]:
            takers = [known for known, options in METHODS.items() if name in options]
            raise ParameterError(f"{name} is for method {' or '.join(takers)}; leave it out with {method}.")
    if method == "word-injection" and "words" not in given:
        raise ParameterError("method word-injection needs words to replace; give them (words=, --words).")
