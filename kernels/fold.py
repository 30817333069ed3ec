"""UTF-8 on its way to a tokenizer: capitals lowered, characters replaced by a table, what no table can say marked."""

import numpy as np

from ._bytes import copy_lowered, lowest_bit, store32
from ._jit import kernel

#: What :func:`fold_text` says when it is through, and when the text is not UTF-8; else it is a code point.
DONE, BROKEN = -1, -2
#: Entries of its table: the character is not in it yet; only the whole run that it stands in can be judged.
UNKNOWN, HARD = np.uint32(0), np.uint32(1 << 31)
#: Written in place of a run with a hard character. No text in UTF-8 has this byte.
MARK = 0xFF

_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def _below(place):
    """Return a word whose bits below ``place`` (0 to 64) are 1."""
    return _ALL if place >= 64 else (_ONE << np.uint64(place)) - _ONE


@kernel
def _is_continued(text, position):
    return (text[position] & 0xC0) == 0x80


@kernel
def _decode(text, i):
    """Return (code point, bytes) of the character beyond ASCII at ``i``; no bytes if that is not UTF-8."""
    lead = np.int64(text[i])
    if lead < 0xC2 or lead > 0xF4 or not _is_continued(text, i + 1):
        return 0, 0
    second = np.int64(text[i + 1]) & 0x3F
    if lead < 0xE0:
        return (lead & 0x1F) << 6 | second, 2
    if not _is_continued(text, i + 2):
        return 0, 0
    third = np.int64(text[i + 2]) & 0x3F
    if lead < 0xF0:
        point = (lead & 0x0F) << 12 | second << 6 | third
        if point < 0x800 or 0xD800 <= point <= 0xDFFF:
            return 0, 0
        return point, 3
    point = (lead & 0x07) << 18 | second << 12 | third << 6 | np.int64(text[i + 3]) & 0x3F
    if not _is_continued(text, i + 3) or point < 0x10000 or point > 0x10FFFF:
        return 0, 0
    return point, 4


@kernel
def _lowered(byte, lower):
    return byte | lower if 0x41 <= byte <= 0x5A else byte


@kernel
def _is_space(byte):
    return byte == 0x20 or byte == 0x0A or byte == 0x09 or byte == 0x0D


@kernel
def _after_space(text, position):
    """Return where the run without white space begins that ends before ``position``."""
    while position > 0 and not _is_space(text[position - 1]):
        position -= 1
    return position


@kernel
def _run_end(text, position, n):
    """Return where the run without white space ends that goes on at ``position``; -1 if it is not UTF-8."""
    while position < n and not _is_space(text[position]):
        size = 1
        if text[position] >= 0x80:
            _, size = _decode(text, position)
            if size == 0:
                return -1
        position += size
    return position


@kernel
def fold_text(text, n, table, lower, state, out, breaks, runs):
    """Write ``text`` as a tokenizer wants it, until its end or a character that ``table`` does not know.

    ASCII is copied, A to Z lowered on demand. Any other character is replaced by the bytes that ``table`` has for
    it. Where it says :data:`HARD`, and beyond U+FFFF, the run without space, tab, CR and LF that the character is
    in is replaced by the one byte :data:`MARK`.

    Parameters
    ----------
    text : uint8[> n + 64]
        UTF-8, then zeros.
    n : int
        Bytes to read.
    table : uint32[65536]
        For each character its 1 to 3 bytes (the first lowest) and in bits 24 and 25 how many; or
        :data:`UNKNOWN`, :data:`HARD`.
    lower : uint8
        32 to lower ASCII, 0 to leave it.
    state : int64[4]
        Zeros at first. Bytes read and written, line feeds and runs found; a later call goes on from there.
    out : uint8[> 1.5 * n + 64]
        Overwritten.
    breaks : int64[>= line feeds]
        Overwritten with where in ``text`` the line feeds are.
    runs : int64[> n / 3, 2]
        Overwritten with where in ``text`` the runs begin and end that a :data:`MARK` stands for, in their order.

    Returns
    -------
    int
        :data:`DONE`; :data:`BROKEN` if the text is not UTF-8; else a code point that is not in the table.
    """
    i, o, lines, marks = state[0], state[1], state[2], state[3]
    answer = DONE
    while i < n and answer == DONE:
        beyond, feeds = copy_lowered(text, i, lower, out, o)
        plain = min(lowest_bit(beyond), n - i)
        feeds &= _below(plain)
        while feeds:
            breaks[lines] = i + lowest_bit(feeds)
            lines += 1
            feeds &= feeds - _ONE
        i += plain
        o += plain
        while i < n:
            if text[i] < 0x80:
                if text[i] == 0x0A or text[i + 1] < 0x80:
                    break
                out[o] = _lowered(text[i], lower)  # alone among others, a space mostly: not worth a vector
                i += 1
                o += 1
                continue
            point, size = _decode(text, i)
            entry = table[point] if point < 0x10000 else HARD
            if size == 0 or entry == UNKNOWN:
                answer = BROKEN if size == 0 else point
                break
            if entry == HARD:
                end = _run_end(text, i, n)
                if end < 0:
                    answer = BROKEN
                    break
                runs[marks, 0], runs[marks, 1] = _after_space(text, i), end
                marks += 1
                i, o = end, _after_space(out, o)
                out[o] = MARK
                o += 1
                break
            store32(out, o, entry)
            i += size
            o += np.int64(entry >> np.uint32(24))
    state[0], state[1], state[2], state[3] = i, o, lines, marks
    return answer
