"""Any file or folder of vectors: what it is, and the vectors in it."""

from collections.abc import Mapping
from pathlib import Path

from ..artifact import is_artifact, open_artifact
from ..artifact_writer import check_output
from ..disk import check_file_output
from ..embeddings import Embeddings
from ..errors import FormatError, ParameterError, require
from ..senses.embeddings import SenseEmbeddings
from ..senses.slices import SenseSlices
from ..slices import AlignedSlices
from .word2vec import read_word2vec, sniff_word2vec, write_word2vec

__all__ = [
    "WRITABLE",
    "check_vectors_output",
    "guess_format",
    "read_every_slice",
    "read_senses",
    "read_vectors",
    "sniff",
    "write_vectors",
]

#: Formats that vectors can be written in.
WRITABLE = ("word2vec", "word2vec-binary", "artifact")

_TEXT = (".txt", ".vec")


def sniff(path: Path | str) -> str:
    """Tell what is at ``path``.

    Parameters
    ----------
    path : Path or str
        A folder or a file.

    Returns
    -------
    str
        The kind of an artefact (``"corpus"``, ``"embeddings"``, ``"slices"``, ``"senses"``, ``"sense-slices"``), or the
        format of a file of vectors (``"word2vec"``, ``"word2vec-binary"``, ``"glove"``).

    Raises
    ------
    FormatError
        If it is none of these.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.vec"
    >>> _ = path.write_text("1 2\\ncat 1 0.5\\n")
    >>> sniff(path)
    'word2vec'
    """
    return open_artifact(path).kind if is_artifact(Path(path)) else sniff_word2vec(path)


def read_vectors(path: Path | str, *, label: str | None = None) -> Embeddings:
    """Read vectors, whatever their format.

    Parameters
    ----------
    path : Path or str
        An artefact folder, a word2vec text or binary file, or GloVe text. Of senses, every sense is a word of its
        own, ``word#k``.
    label : str, optional
        Which slice, where there are several; of senses in slices, those of all together if none is named.

    Raises
    ------
    FormatError
        If there are no vectors at ``path``, or several slices and no ``label``.
    ParameterError
        If there is no such slice.
    CorruptFileError
        If an artefact is damaged.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.vec"
    >>> _ = path.write_text("1 2\\ncat 1 0.5\\n")
    >>> read_vectors(path)["cat"].tolist()
    [1.0, 0.5]
    """
    found = read_every_slice(path, label=label)
    if len(found) > 1:
        raise FormatError(f"{path} holds the slices {', '.join(found)}; choose one with --slice.")
    return next(iter(found.values()))


def read_every_slice(path: Path | str, *, label: str | None = None) -> Mapping[str, Embeddings]:
    """Read vectors by slice.

    Parameters
    ----------
    path : Path or str
        As for :func:`read_vectors`.
    label : str, optional
        Only this slice.

    Returns
    -------
    mapping of str to Embeddings
        Label to vectors in the order of the slices; one entry called ``""`` for vectors without slices.

    Raises
    ------
    FormatError, ParameterError, CorruptFileError
        As for :func:`read_vectors`.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.vec"
    >>> _ = path.write_text("1 2\\ncat 1 0.5\\n")
    >>> list(read_every_slice(path))
    ['']
    """
    kind = sniff(path)
    if kind == "slices":
        aligned = AlignedSlices.load(path)
        chosen = aligned.labels if label is None else (label,)
        return {name: aligned[name] for name in chosen}
    if kind == "sense-slices":
        return {label or "": read_senses(path, label=label).split}
    if label is not None:
        raise ParameterError(f"slice must not be given: {path} holds no slices, got {label!r}")
    if kind == "corpus":
        raise FormatError(f"{path} is a corpus and holds no vectors; make some with: wordvec train {path} -o OUT")
    if kind == "senses":
        return {"": SenseEmbeddings.load(path).split}
    if is_artifact(Path(path)) and kind != "embeddings":
        raise FormatError(f"{path} holds {kind}, which have no vectors to read one by one.")
    return {"": Embeddings.load(path) if kind == "embeddings" else read_word2vec(path, format=kind)}


def read_senses(path: Path | str, *, label: str | None = None) -> SenseEmbeddings:
    """Read senses: those of a training, or of senses in slices.

    Parameters
    ----------
    path : Path or str
        An artefact of senses, or of senses in slices.
    label : str, optional
        Which slice; the senses of all together if none is named.

    Raises
    ------
    FormatError
        If there are no senses at ``path``.
    ParameterError
        If there is no such slice.
    CorruptFileError
        If it is damaged.

    Examples
    --------
    >>> read_senses(Path("none.wv"))
    Traceback (most recent call last):
    ...
    wordvec.errors.FormatError: none.wv does not exist.
    """
    kind = open_artifact(path, "senses", "sense-slices").kind
    if kind == "sense-slices":
        slices = SenseSlices.load(path)
        return slices.compass if label is None else slices[label]
    if label is not None:
        raise ParameterError(f"slice must not be given: {path} holds no slices, got {label!r}")
    return SenseEmbeddings.load(path)


def guess_format(path: Path | str) -> str:
    """Return the format that the ending of an output's name asks for.

    Parameters
    ----------
    path : Path or str
        ``.wv``: artefact; ``.txt`` or ``.vec``: word2vec text; ``.bin``: word2vec binary; the files also
        with ``.gz`` after it.

    Raises
    ------
    ParameterError
        If the ending is another.

    Examples
    --------
    >>> guess_format("vectors.txt.gz")
    'word2vec'
    """
    name = Path(path).name.lower().removesuffix(".gz")
    if name.endswith(_TEXT):
        return "word2vec"
    if name.endswith(".bin"):
        return "word2vec-binary"
    if Path(path).suffix.lower() == ".wv":
        return "artifact"
    raise ParameterError(
        f"output must end in .wv, .txt, .vec or .bin (files also in .gz) or come with --format, got {Path(path).name!r}"
    )


def write_vectors(embeddings: Embeddings, path: Path | str, format: str, *, overwrite: bool = False) -> None:
    """Write vectors in one of the :data:`WRITABLE` formats.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    path : Path or str
        File or folder to write.
    format : {"word2vec", "word2vec-binary", "artifact"}
        What to write.
    overwrite : bool, default False
        Replace what is already there.

    Raises
    ------
    ResourceError
        If something is there and may not be replaced.
    FormatError
        If a word cannot be written in this format.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.vec"
    >>> _ = path.write_text("1 2\\ncat 1 0.5\\n")
    >>> write_vectors(read_vectors(path), path.with_suffix(".wv"), "artifact")
    >>> sniff(path.with_suffix(".wv"))
    'embeddings'
    """
    require(format in WRITABLE, "format", " or ".join(map(repr, WRITABLE)), format)
    if format == "artifact":
        embeddings.save(path, overwrite=overwrite)
    else:
        write_word2vec(embeddings, path, binary=format == "word2vec-binary", overwrite=overwrite)


def check_vectors_output(path: Path, format: str, *, overwrite: bool) -> None:
    """Raise :class:`ResourceError` now if :func:`write_vectors` would later.

    Parameters
    ----------
    path : Path
        File or folder to write.
    format : {"word2vec", "word2vec-binary", "artifact"}
        What will be written.
    overwrite : bool
        Whether what is already there may be replaced.
    """
    if format == "artifact":
        check_output(path, "embeddings", overwrite=overwrite)
    else:
        check_file_output(path, overwrite=overwrite)
