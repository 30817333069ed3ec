"""Which vectors are seeds of one configuration, and a digest that tells vectors apart whatever file they are in."""

import hashlib
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artifact import is_artifact, open_artifact
from ..embeddings import Embeddings
from ..errors import FormatError, ParameterError
from ..senses.embeddings import SenseEmbeddings

__all__ = ["Configuration", "digest_vectors", "find_configurations"]


@dataclass(frozen=True)
class Configuration:
    """Vectors that differ in their seed only.

    Parameters
    ----------
    name : str
        What the table calls them: a path, or a pattern that stands for all.
    paths : tuple of Path
        One for each seed.
    """

    name: str
    paths: tuple[Path, ...]


def find_configurations(arguments: Sequence[str], *, together: bool = True) -> list[Configuration]:
    """Return what the arguments of a command name, seeds of one configuration together.

    Parameters
    ----------
    arguments : sequence of str
        Paths, and patterns such as ``"A-*.wv"``; everything that a pattern matches is one configuration.
    together : bool, default True
        Also put paths together that are artefacts of one model, with the same settings but for the seed, trained on
        the same corpus: a shell may have replaced a pattern before we see it. Two of the same seed are a training
        that stands there twice, and stay apart.

    Raises
    ------
    FormatError
        If a pattern matches nothing.
    ParameterError
        If a path is named twice.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("a-1.txt", "a-2.txt", "b.txt"):
    ...     _ = (folder / name).write_text("1 2\\ncat 1 0.5\\n")
    >>> found = find_configurations([f"{folder}/a-*.txt", f"{folder}/b.txt"])
    >>> [(Path(one.name).name, len(one.paths)) for one in found]
    [('a-*.txt', 2), ('b.txt', 1)]
    """
    found = []
    for argument in arguments:
        pattern = has_magic(argument) and not os.path.lexists(argument)
        matched = sorted(glob(argument)) if pattern else [argument]  # noqa: PTH207 (pathlib takes no absolute pattern)
        if not matched:
            raise FormatError(f"nothing matches {argument}.")
        found.append(Configuration(argument, tuple(map(Path, matched))))
    named = [path for one in found for path in one.paths]
    places = [os.path.realpath(path) for path in named]  # a name may be another's, or a link to it
    twice = next((path for path, place in zip(named, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        raise ParameterError(f"vectors must be named once each, got {str(twice)!r} twice")
    return _together(found) if together else found


def _together(found: Sequence[Configuration]) -> list[Configuration]:
    """Return configurations with seeds of the same training as one, in the place of the first of them."""
    groups: dict[str, dict[str, Configuration]] = {}
    for one in found:
        settings, seed = (_settings(one.paths[0]) if len(one.paths) == 1 else None) or ("", "")
        held = groups.get(settings, {})
        # One training that is there twice says nothing about other seeds.
        key = settings if settings and seed not in held else f"alone {one.name}"
        groups.setdefault(key, {})[seed] = one
    names = [next(iter(held.values())).name if len(held) == 1 else _common_name(held) for held in groups.values()]
    return [
        Configuration(
            # One name would make one model of two: then all of its seeds are named.
            name if names.count(name) == 1 else ", ".join(one.name for one in held.values()),
            tuple(path for one in held.values() for path in one.paths),
        )
        for name, held in zip(names, groups.values(), strict=True)
    ]


def _settings(path: Path) -> tuple[str, str] | None:
    """Return what seeds of one configuration have in common, and the seed; None where that is not known."""
    if not is_artifact(path):
        return None
    metadata = open_artifact(path).metadata
    settings = metadata.get("settings")
    if metadata.get("kind") not in ("embeddings", "senses") or not isinstance(settings, dict) or "seed" not in settings:
        return None
    shared = {name: value for name, value in settings.items() if name != "seed"}
    joint = metadata.get("graph")  # what was drawn together while the text was read
    common = json.dumps([metadata.get("model"), metadata.get("corpus"), joint, shared], sort_keys=True)
    return common, json.dumps(settings["seed"])


def _common_name(held: Mapping[str, Configuration]) -> str:
    """Return ``a-*.wv`` for ``a-1.wv`` and ``a-2.wv``."""
    names = [one.name for one in held.values()]
    start = _common_start(names)
    end = _common_start([name[len(start) :][::-1] for name in names])[::-1]
    return f"{start}*{end}"


def _common_start(names: Sequence[str]) -> str:
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in same)


def digest_vectors(embeddings: Embeddings | SenseEmbeddings) -> str:
    """Return the SHA-256 of words and vectors, the same whatever format they were read from.

    Parameters
    ----------
    embeddings : Embeddings or SenseEmbeddings
        The vectors; of senses all that tells them apart belongs to them.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("cat", "dog"), np.array([2, 1]))
    >>> digest_vectors(Embeddings(words, np.eye(2, dtype=np.float32)))[:8]
    '13af9fd1'
    """
    digest = hashlib.sha256(json.dumps([list(embeddings.vocabulary.words), embeddings.vectors.shape]).encode())
    parts: list[NDArray[Any]] = [embeddings.vectors]
    if isinstance(embeddings, SenseEmbeddings):
        digest.update(json.dumps(embeddings.unit_contexts).encode())
        parts += [embeddings.prevalence, embeddings.context, embeddings.gates, embeddings.gate_biases]
        parts += [embeddings.gate_rows, embeddings.context_weights]
    for part in parts:
        step = max(1, (1 << 24) // max(1, math.prod(part.shape[1:])))
        for start in range(0, len(part), step):
            chunk = np.ascontiguousarray(part[start : start + step], dtype=part.dtype.newbyteorder("<"))
            digest.update(chunk.data)
    return digest.hexdigest()
