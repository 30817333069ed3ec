"""Bytes that are not UTF-8: what they may be instead, and how to read them."""

import codecs
from collections.abc import Callable, Iterator

from ..errors import FormatError, ParameterError

__all__ = ["check_encoding", "describe_undecodable", "guess_encoding", "is_utf8", "to_utf8", "wide_encoding"]

_UTF8 = ("utf-8", "utf-8-sig")
#: UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What Python calls encodings of text although no file is in them.
_NOT_OF_FILES = ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined")
#: Bytes around the first bad one that a guess is made from.
_NEIGHBORHOOD = 1 << 15
#: charset_normalizer's "chaos" (0 to 1) by which Windows-1252 may be behind: short French or German text loses
#: up to that to Central European tables, while text in another script does not pass as Windows-1252 at all.
_AS_PLAUSIBLE = 0.1
#: Tables of the Macintosh before 2001, which fit short samples by chance.
_RARE = ["mac_cyrillic", "mac_greek", "mac_iceland", "mac_latin2", "mac_roman", "mac_turkish"]


def check_encoding(encoding: str) -> None:
    """Raise :class:`ParameterError` unless Python knows ``encoding`` as an encoding of text."""
    try:
        "a".encode(encoding)
        codecs.getincrementaldecoder(encoding)
        if codecs.lookup(encoding).name.replace("_", "-") in _NOT_OF_FILES:
            raise LookupError
    except (LookupError, ValueError):
        raise ParameterError(
            f"encoding must be a text encoding that Python knows, such as utf-8, cp1252 or utf-16, got {encoding!r}"
        ) from None


def is_utf8(encoding: str) -> bool:
    """Tell whether ``encoding`` is a name of UTF-8."""
    return codecs.lookup(encoding).name in _UTF8


def wide_encoding(start: bytes) -> str | None:
    """Return ``"utf-16"`` or ``"utf-32"`` if a file that starts so has that byte-order mark."""
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)


def guess_encoding(sample: bytes) -> str | None:
    """Return the encoding that ``sample``, which is not UTF-8, is most likely in; None if nothing fits.

    Windows-1252 is taken when it is as plausible as the best guess: it is by far the most frequent
    of the single-byte encodings, and a short sample cannot tell it from its rarer neighbors.
    """
    from charset_normalizer import from_bytes

    western = from_bytes(sample, cp_isolation=["cp1252"]).best()
    best = from_bytes(sample, cp_exclusion=_RARE).best()
    if western is not None and (best is None or western.chaos <= best.chaos + _AS_PLAUSIBLE):
        return "cp1252"
    return None if best is None else best.encoding.replace("_", "-")


def describe_undecodable(where: str, error: UnicodeDecodeError, encoding: str, around: bytes) -> str:
    """Return the message about a byte that is not ``encoding``, with the option to pass.

    Parameters
    ----------
    where : str
        File, line (from 1) and byte offset (from 0).
    error : UnicodeDecodeError
        What the decoder said; its ``object`` holds the bad byte at ``start``.
    encoding : str
        What the text was taken for.
    around : bytes
        Text around the bad byte, from which to guess.
    """
    bad = error.object[error.start]
    at = max(0, around.find(error.object[error.start : error.start + 64]))
    guess = guess_encoding(around[max(0, at - _NEIGHBORHOOD) : at + _NEIGHBORHOOD])
    remedy = (
        f"pass --encoding {guess}, which fits the text around it," if guess else "pass the --encoding that it is in,"
    )
    return f"{where}: the byte 0x{bad:02x} is not {encoding.upper()} here; {remedy} or --errors replace."


def to_utf8(
    blocks: Iterator[bytes], name: str, encoding: str, errors: str, count: Callable[[int], None]
) -> Iterator[bytes]:
    """Yield ``blocks`` of text in ``encoding`` as UTF-8.

    Parameters
    ----------
    blocks : iterator of bytes
        The file.
    name : str
        Its name, for messages.
    encoding : str
        Its encoding.
    errors : {"strict", "replace", "ignore"}
        What to do with bytes that the encoding does not know.
    count : callable
        Is told how many characters were replaced or left out.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict" if errors == "strict" else "replace")
    fed, lines, first = 0, 1, True
    for block in _with_end(blocks):
        if not fed:
            _check_mark(block, name, encoding)
        fed += len(block)
        try:
            text = decoder.decode(block, not block)
        except UnicodeDecodeError as error:
            lines += error.object[: error.start].decode(encoding, "ignore").count("\n")
            where = f"{name}, line {lines}, byte offset {fed - len(error.object) + error.start}"
            raise FormatError(
                f"{where}: the byte 0x{error.object[error.start]:02x} is not {encoding} here; "
                "pass the --encoding that the text is in, or --errors replace."
            ) from None
        if errors != "strict" and "\ufffd" in text:
            count(text.count("\ufffd"))
            text = text.replace("\ufffd", "") if errors == "ignore" else text
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        lines += text.count("\n")
        try:
            yield text.encode("utf-8")
        except UnicodeEncodeError:
            raise FormatError(f"{name}, near line {lines}: {encoding} gives characters that are no text.") from None


def _check_mark(start: bytes, name: str, encoding: str) -> None:
    """Raise :class:`FormatError` if ``encoding`` needs a byte-order mark and ``start`` has none."""
    wide = codecs.lookup(encoding).name
    if wide in ("utf-16", "utf-32") and wide_encoding(start) != wide:
        raise FormatError(
            f"{name} has no byte-order mark of {wide.upper()}; pass --encoding {wide}-le or {wide}-be, "
            "or the encoding that it is in."
        )


def _with_end(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield ``blocks``, then an empty one: the end of the file."""
    yield from blocks
    yield b""
