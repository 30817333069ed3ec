"""Options of ``wordvec align`` that belong to some methods only."""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .words import chosen_words, known_words

if TYPE_CHECKING:
    from ..text.vocabulary import Vocabulary

__all__ = ["METHOD_OPTIONS", "check_method", "describe_method", "method_options", "read_words"]

_NAMES = (
    "compass",
    "procrustes",
    "linear",
    "local-linear",
    "vector-init",
    "temporal-referencing",
    "word-injection",
    "static",
    "unaligned",
)
#: Each option, and what the library calls it.
METHOD_OPTIONS: Mapping[str, str] = {
    "init": "init",
    "balance": "balance",
    "leave_out": "leave_out",
    "equal_tokens": "equal_tokens",
    "base": "base",
    "anchors": "anchors",
    "center": "center",
    "normalize": "normalize",
    "share": "share",
    "neighbors": "neighbors",
    "words": "words",
    "words_file": "words",
}
_FILE = click.Path(path_type=Path)

_OPTIONS = (
    click.option(
        "--method",
        type=click.Choice(_NAMES),
        default="compass",
        show_default=True,
        help="compass: one frozen space; procrustes, linear, local-linear: separate trainings, rotated or mapped onto "
        "one slice; vector-init: each slice starts from the one before; temporal-referencing, word-injection: one "
        "training with words by slice; static, unaligned: controls.",
    ),
    click.option(
        "--init", type=click.Choice(["random", "compass"]), help="Where a slice's vectors start (compass; random)."
    ),
    click.option(
        "--balance",
        type=click.Choice(["none", "upsample", "cap"]),
        help="What slices of unequal size count in the compass: their text, or all the largest's or the smallest's "
        "(compass; none).",
    ),
    click.option(
        "--leave-out", multiple=True, metavar="LABEL", help="A slice that the compass does not read; repeatable."
    ),
    click.option("--equal-tokens", is_flag=True, default=None, help="Thin the slices to the tokens of the smallest."),
    click.option(
        "--base",
        metavar="SLICE",
        help="Onto which slice: last, first, previous, or a label (procrustes, linear, local-linear; last).",
    ),
    click.option("--anchors", type=_FILE, metavar="FILE", help="Fit on these words, one a line (procrustes)."),
    click.option("--center/--no-center", default=None, help="Subtract means before fitting (procrustes; no)."),
    click.option("--normalize/--no-normalize", default=None, help="Fit on rows of length 1 (procrustes; yes)."),
    click.option("--share", type=float, help="Share of the shared words to fit on (linear; 0.5)."),
    click.option("--neighbors", type=int, help="Words that each word's map is fitted on (local-linear; 100)."),
    click.option(
        "--words",
        metavar="A,B,C",
        help="Words with a vector for each slice (word-injection; temporal-referencing, where all have one otherwise).",
    ),
    click.option("--words-file", type=_FILE, metavar="FILE", help="As --words, one a line."),
)


def method_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command ``--method`` and what its methods take; the latter, as far as typed, as ``chosen``."""

    @wraps(function)
    def command(**options: Any) -> None:
        given = {name: options.pop(name) for name in METHOD_OPTIONS}
        function(chosen={name: value for name, value in given.items() if value not in (None, ())}, **options)

    decorated: Callable[..., None] = command
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def check_method(method: str, chosen: Mapping[str, Any], *, has_graph: bool) -> None:
    """Raise a usage error if an option does not belong to the method."""
    from ..align.methods import METHODS

    for name, value in chosen.items():
        takers = [known for known in _NAMES if METHOD_OPTIONS[name] in METHODS[known]]
        if method not in takers:
            typed = f"--{'no-' * (value is False)}{name.replace('_', '-')}{' compass' * (value == 'compass')}"
            raise click.UsageError(f"{typed} is for --method {' or '.join(takers)}; leave it out.")
    if has_graph and method != "compass":
        raise click.UsageError("--graph is for --method compass; leave it out.")
    if method == "word-injection" and not {"words", "words_file"} & set(chosen):
        raise click.UsageError("--method word-injection needs words to replace; give --words or --words-file.")


def read_words(chosen: Mapping[str, Any], vocabulary: "Vocabulary") -> dict[str, Any]:
    """Return the options of the library: files of words are read, words that the corpus lacks named and left out."""
    options = {name: value for name, value in chosen.items() if name not in ("anchors", "words", "words_file")}
    if "anchors" in chosen:
        from ..text.tables import LineSource

        options["anchors"] = list(dict.fromkeys(line.strip() for _, line in LineSource(chosen["anchors"]).lines()))
    words = chosen_words(chosen.get("words"), chosen.get("words_file"))
    if words is not None:
        options["words"] = known_words(words, vocabulary)[0]
    return options


def describe_method(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Yield what there is to say of how slices were brought together, one line each."""
    for fit in metadata.get("fits", ()):
        line = f"  slice {fit['slice']} onto {fit['onto']}: {fit['shared_words']:,} shared words"
        if fit.get("anchors_missing"):
            line += f", {fit['anchors_missing']:,} anchors missing"
        if fit.get("determined") is False:
            line += "; too few to determine a rotation"
        if "fitted_words" in fit:
            line += f", fitted on {fit['fitted_words']:,}"
        if fit.get("ridge"):
            line += " with a ridge"
        if "held_out_cosine" in fit:
            line += f"; cosine {fit['held_out_cosine']:.3f} on the others"
        yield line
    for part in metadata["slices"]:
        if "compass_share" in part:
            yield f"  slice {part['label']} is {part['compass_share']:.1%} of the compass"
    for part in metadata.get("thinned", {}).get("slices", ()):
        if part["tokens"] < part["before"]:
            yield f"  slice {part['label']} thinned from {part['before']:,} tokens to {part['tokens']:,}"
    if "dropped" in metadata:
        dropped = metadata["dropped"]
        yield f"  {dropped['tokens']:,} tokens ({dropped['types']:,} words) left out: the compass does not know them"
    for key, one, many in (("referenced_words", "has", "have"), ("injected_words", "was", "were")):
        if key in metadata:
            done = "a vector for each slice" if key == "referenced_words" else "replaced by one for each slice"
            n = metadata[key]
            yield f"  {n:,} word{'s' * (n != 1)} {one if n == 1 else many} {done}"
