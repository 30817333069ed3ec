"""Is what is on disk what was written, and does it fit together?"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..artifact import Artifact, is_artifact, open_artifact
from ..embeddings import load_embeddings, matrix_digest
from ..errors import CorruptFileError, FormatError
from ..knowledge.graph import KnowledgeGraph
from ..senses.embeddings import SenseEmbeddings
from ..senses.slices import SenseSlices
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from .streams import DAMAGED_GZIP
from .word2vec import read_word2vec, sniff_word2vec

__all__ = ["validate"]

_COMPASS, _BEFORE, _AFTER = "compass_sha256", "compass_sha256_before", "compass_sha256_after"
#: By how much a later sense may be more prevalent: rounding, no more.
_ROUNDING = 1e-9


def validate(path: Path | str) -> int:
    """Check an artefact or a file of vectors from the first byte to the last.

    Of an artefact every payload is compared with its recorded SHA-256; then it is loaded, ids are
    checked to be in range and vectors to be finite. Of aligned slices, the digests of the compass
    recorded before and after each slice must be that of the compass that is stored: proof that no
    slice moved it. Of senses, the prevalences of each word must be shares that sum to 1, the most
    prevalent sense first, every word must have a gate, and every label a sense; in slices, shares must lie within
    their intervals.

    Parameters
    ----------
    path : Path or str
        A corpus, vectors, aligned slices, senses, senses in slices, a knowledge graph, or a file of vectors.

    Returns
    -------
    int
        Number of files checked.

    Raises
    ------
    CorruptFileError
        Naming what is damaged.
    FormatError
        If there is nothing of wordvec's and no file of vectors at ``path``.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.vec"
    >>> _ = path.write_text("1 2\\ncat 1 0.5\\n")
    >>> validate(path)
    1
    """
    path = Path(path)
    if not is_artifact(path):
        _check_file(path)
        return 1
    artifact = open_artifact(path)
    checked = artifact.verify()
    if artifact.kind == "corpus":
        Corpus.load(path)
    elif artifact.kind == "graph":
        KnowledgeGraph.load(path)
    elif artifact.kind == "embeddings":
        _check_vectors(artifact)
    elif artifact.kind == "slices":
        _check_slices(artifact)
    elif artifact.kind == "senses":
        _check_senses(artifact)
    elif artifact.kind == "sense-slices":
        _check_sense_slices(artifact)
    return checked + 1  # the metadata itself


def _check_file(path: Path) -> None:
    """Raise unless ``path`` is a whole file of vectors; what is none is not damaged, but cut gzip is."""
    known = False
    try:
        kind = sniff_word2vec(path)
        known = True
        read_word2vec(path, format=kind)
    except FormatError as error:
        if known or isinstance(error.__cause__, DAMAGED_GZIP):
            raise CorruptFileError(str(error)) from error
        raise


def _check_vectors(artifact: Artifact) -> None:
    """Raise unless every matrix has one finite row per word."""
    vocabulary = load_embeddings(artifact, "vectors").vocabulary
    for payload in ("vectors", "context"):
        if payload in artifact:
            loaded = load_embeddings(artifact, payload, vocabulary=vocabulary)
            _check_finite(artifact, payload, loaded.vectors)


def _check_finite(artifact: Artifact, payload: str, vectors: NDArray[np.float32]) -> None:
    for start in range(0, len(vectors), 65_536):
        finite = np.isfinite(vectors[start : start + 65_536]).all(axis=1)
        if not finite.all():
            row = start + int(np.argmin(finite))
            raise CorruptFileError(f"{artifact.path}: row {row + 1} of {payload!r} is not finite.")


def _check_senses(artifact: Artifact) -> None:
    """Raise unless senses can be loaded, which looks at all their values, and are numbered by prevalence."""
    senses = SenseEmbeddings.load(artifact.path)
    rises = (np.diff(senses.prevalence, axis=1) > _ROUNDING).any(axis=1)
    if rises.any():
        word = senses.vocabulary.words[int(np.argmax(rises))]
        raise CorruptFileError(f"{artifact.path}: the senses of {word!r} are not in the order of their prevalence.")


def _check_sense_slices(artifact: Artifact) -> None:
    """Raise unless the senses are sound, and what is known of each slice are shares within their intervals."""
    slices = SenseSlices.load(artifact.path)  # the compass's prevalences are those of training, its order too
    if (slices.counts < 0).any() or (slices.documents < 0).any():
        raise CorruptFileError(f"{artifact.path}: a count is negative.")
    low, share, high = slices.low, slices.prevalence, slices.high
    known = np.isfinite(share)
    holds = (low >= -_ROUNDING) & (low <= share + _ROUNDING) & (share <= high + _ROUNDING) & (high <= 1.0 + _ROUNDING)
    if (known & ~holds).any():
        t, row, _ = np.argwhere(known & ~holds)[0].tolist()
        word = slices.compass.vocabulary.words[row]
        raise CorruptFileError(
            f"{artifact.path}: a prevalence of {word!r} in {slices.labels[t]} is no share within its interval."
        )
    for label, vectors in zip(slices.labels, slices.vectors, strict=False):
        rows = np.isfinite(vectors).all(axis=(1, 2))
        if not rows.all():
            word = slices.compass.vocabulary.words[int(np.argmin(rows))]
            raise CorruptFileError(f"{artifact.path}: a vector of {word!r} in {label} is not finite.")


def _check_slices(artifact: Artifact) -> None:
    aligned = AlignedSlices.load(artifact.path)
    for name in artifact.metadata.get("children", {}):
        _check_vectors(artifact.child(name))
    if (aligned.counts < 0).any():
        raise CorruptFileError(f"{artifact.path}: a count is negative.")
    _check_compass(artifact, len(aligned.labels))


def _check_compass(artifact: Artifact, n_slices: int) -> None:
    """Raise unless all recorded digests of the compass are those of the stored one."""
    slices = [artifact.child(f"slices/{number:04d}") for number in range(1, n_slices + 1)]
    recorded = [(artifact, _COMPASS)] if _COMPASS in artifact.metadata else []
    recorded += [(part, key) for part in slices for key in (_BEFORE, _AFTER) if key in part.metadata]
    if not recorded:
        return  # a method without a compass
    if "compass" not in artifact.metadata.get("children", {}):
        raise CorruptFileError(f"{artifact.path} records a compass and does not hold it.")
    context = artifact.child("compass").array("context")
    digest = matrix_digest(context, context.shape[1])
    for part, key in recorded:
        if part.metadata[key] != digest:
            raise CorruptFileError(f"{part.path}: {key} is not the digest of the compass; a slice moved it.")
    missing = [part for part in slices if not (_BEFORE in part.metadata and _AFTER in part.metadata)]
    if missing:
        raise CorruptFileError(f"{missing[0].path}: the digests of the compass before and after are not recorded.")
    if _COMPASS not in artifact.metadata:
        raise CorruptFileError(f"{artifact.path}: {_COMPASS} is not recorded.")
