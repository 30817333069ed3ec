"""The methods of ``wordvec retrofit``: their options, and how each is called."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from wordvec import Embeddings
    from wordvec.lexicon import Lexicon
    from wordvec.progress import Watcher

__all__ = ["CONSTRAINING", "METHODS", "RECORDS", "check_settings", "method_options", "run_method"]

_SWEEPS = ("iterations", "tolerance")
_RELATIONS = ("synonyms", "antonyms")
#: Which settings each method has; others are refused.
METHODS: Mapping[str, tuple[str, ...]] = {
    "faruqui": ("solver", "alpha", "beta", *_SWEEPS),
    "expanded": ("original_weight", "self_weight", "iterations"),
    "functional": ("alpha", "beta", "penalty", *_SWEEPS),
    "counter-fitting": (
        "repel", "attract", "preserve", "delta", "gamma", "rho", "neighbors", "iterations", *_RELATIONS,
    ),
    "attract-repel": (
        "attract_margin", "repel_margin", "batch", "regularization", "random_negatives", "epochs", "lr", "seed",
        *_RELATIONS,
    ),
}  # fmt: skip
#: Methods for which antonyms are pairs to be pushed apart; they work at length 1.
CONSTRAINING = ("counter-fitting", "attract-repel")
#: Where in the metadata a method says what it did.
RECORDS = {
    "faruqui": "retrofit",
    "expanded": "retrofit",
    "functional": "retrofit",
    "counter-fitting": "counter_fitting",
    "attract-repel": "attract_repel",
}
_OPTIONS = {
    "solver": (
        click.Choice(["gauss_seidel", "jacobi", "cg", "direct"]),
        "Of faruqui: sweeps in the order of words, sweeps of all at once, conjugate gradient, or the exact solution "
        "(default: gauss_seidel).",
    ),
    "alpha": (float, "Of faruqui and functional: how much a word is held where it was (default: 1)."),
    "beta": (
        click.Choice(["degree", "weight"]),
        "Of faruqui and functional: how much an edge pulls: its weight over the word's number of edges, or its weight "
        "(default: degree).",
    ),
    "iterations": (int, "Sweeps or steps, at most (default: 10; of expanded 5, of counter-fitting 20)."),
    "tolerance": (float, "Of faruqui and functional: stop at this relative residual (default: 0.0001)."),
    "original_weight": (float, "Of expanded: share of a word's old vector (default: 0.15)."),
    "self_weight": (float, "Of expanded: a node among its neighbors (default: 1)."),
    "penalty": (float, "Of functional: how much maps are held at the identity (default: 10)."),
    "repel": (float, "Of counter-fitting: weight of antonyms (default: 0.1)."),
    "attract": (float, "Of counter-fitting: weight of synonyms (default: 0.1)."),
    "preserve": (float, "Of counter-fitting: weight of what was near and should stay (default: 0.1)."),
    "delta": (float, "Of counter-fitting: cosine distance that antonyms should have (default: 1)."),
    "gamma": (float, "Of counter-fitting: cosine distance that synonyms may have (default: 0)."),
    "rho": (float, "Of counter-fitting: words as near as this should stay near (default: 0.2)."),
    "neighbors": (int, "Of counter-fitting: at most so many are preserved for a word (default: 100)."),
    "attract_margin": (float, "Of attract-repel: of synonyms (default: 0.6)."),
    "repel_margin": (float, "Of attract-repel: of antonyms (default: 0)."),
    "batch": (int, "Of attract-repel: pairs that are compared with each other (default: 50)."),
    "regularization": (float, "Of attract-repel: how much a word is held where it was (default: 1e-9)."),
    "random_negatives": (float, "Of attract-repel: share of negatives that any word may be (default: 0.5)."),
    "epochs": (int, "Of attract-repel: passes over all pairs (default: 5)."),
    "lr": (float, "Of attract-repel: learning rate (default: 0.05)."),
    "seed": (int, "Of attract-repel: the same seed gives the same bits (default: 1)."),
}
_NAMED = {
    "synonyms": ("--synonym-relation", "together (default: synonym)"),
    "antonyms": ("--antonym-relation", "apart (default: antonym)"),
}


def _flag(name: str) -> str:
    return _NAMED[name][0] if name in _NAMED else f"--{name.replace('_', '-')}"


def method_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the methods; it gets those that were typed as ``chosen``."""

    @wraps(function)
    def command(**options: Any) -> None:
        given = {name: options.pop(name) for name in (*_OPTIONS, *_NAMED)}
        function(chosen={name: value for name, value in given.items() if value not in (None, ())}, **options)

    decorated: Callable[..., None] = command
    for name, (flag, what) in reversed(_NAMED.items()):
        told = f"Of counter-fitting and attract-repel: a relation whose words belong {what}; repeatable."
        decorated = click.option(flag, name, multiple=True, metavar="NAME", help=told)(decorated)
    for name, (kind, told) in reversed(_OPTIONS.items()):
        decorated = click.option(_flag(name), name, type=kind, help=told)(decorated)
    return decorated


def check_settings(method: str, chosen: Mapping[str, Any], unit: bool | None) -> None:
    """Raise a usage error if something was typed that is no setting of the method."""
    odd = [_flag(name) for name in chosen if name not in METHODS[method]]
    if odd:
        raise click.UsageError(f"{odd[0]} is no option of --method {method}; leave it out.")
    _try_settings(method, chosen)
    if unit is False and method in CONSTRAINING:
        raise click.UsageError(f"--no-unit is no option of --method {method}, which works at length 1; leave it out.")


def _try_settings(method: str, chosen: Mapping[str, Any]) -> None:
    """Raise what the method would raise of its settings, on two words, before anything large is read."""
    import numpy as np

    from wordvec import Embeddings, Lexicon, Vocabulary

    words = Vocabulary(("a", "b"), np.array([2, 1]))
    settings = {name: value for name, value in chosen.items() if name not in _RELATIONS}
    if method == "attract-repel":
        from wordvec.knowledge.attract_repel import AttractRepel

        AttractRepel(**settings)
        return
    lexicon = Lexicon.from_pairs([("a", "b")], words)
    steps = settings.get("iterations", 0)
    settings["iterations"] = min(steps, 0)
    run_method(method, Embeddings(words, np.eye(2, dtype=np.float32)), lexicon, settings, 1, None)


def run_method(
    method: str,
    embeddings: "Embeddings",
    lexicon: "Lexicon",
    chosen: Mapping[str, Any],
    threads: int,
    progress: "Watcher | None",
) -> "Embeddings":
    """Return the vectors that a method makes of others.

    Parameters
    ----------
    method : str
        One of :data:`METHODS`.
    embeddings : Embeddings
        The vectors.
    lexicon : Lexicon
        The edges.
    chosen : mapping
        Settings of the method, by the names that its function has.
    threads : int
        Threads to use, where there are several.
    progress : callable, optional
        Told how far it is.
    """
    if method == "faruqui":
        from wordvec.knowledge.retrofit import retrofit

        return retrofit(embeddings, lexicon, threads=threads, progress=progress, **chosen)
    if method == "expanded":
        from wordvec.knowledge.expanded import expanded_retrofit

        return expanded_retrofit(embeddings, lexicon, threads=threads, progress=progress, **chosen)
    if method == "functional":
        from wordvec.knowledge.functional import functional_retrofit

        return functional_retrofit(embeddings, lexicon, threads=threads, progress=progress, **chosen).embeddings
    if method == "counter-fitting":
        from wordvec.knowledge.counter_fitting import counter_fit

        return counter_fit(embeddings, lexicon, threads=threads, progress=progress, **chosen)
    from wordvec.knowledge.attract_repel import AttractRepel

    relations = {name: value for name, value in chosen.items() if name in _RELATIONS}
    settings = {name: value for name, value in chosen.items() if name not in _RELATIONS}
    return AttractRepel(**settings).specialize(embeddings, lexicon, progress=progress, **relations)
