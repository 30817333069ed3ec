"""Words with a character inside that no word has: what scanning and bad conversion leave behind."""

import numpy as np
import regex

__all__ = ["TAIL", "count_broken"]

_UNUSUAL = (
    r"(?:[#$%*+<=>\[\\\]^`{|}~\x00-\x08\x0e-\x1f\x7f-\x9f¡¦§¶·¿]"
    r"|(?=[\xa0-\xbf\u2000-\u2fff\ue000-\uffff])[\p{S}\p{Co}\p{Cn}])"
)
_BROKEN = regex.compile(rf"{_UNUSUAL}{{1,4}}\p{{L}}")
#: The first bytes of these characters.
_FIRST = frozenset([*b"#$%*+<=>[\\]^`{|}~\x7f", *range(9), *range(14, 32), 0xC2, 0xE2, 0xEE, 0xEF])
_PLACES = bytes(byte in _FIRST for byte in range(256))
_AROUND = np.zeros(256, dtype=np.bool_)
_AROUND[[*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1), *range(0x80, 0x100)]] = True
#: Bytes of a run of four such characters and a letter.
_NEAR = 20
#: With so many bytes of what came before, a part of a line loses nothing at its start.
TAIL = 32


def count_broken(text: bytes) -> int:
    """Return how many times one to four unusual characters stand between two letters.

    Unusual are ``# $ % * + < = > [ \\ ] ^ ` { | } ~``, symbols (``£ ■ © ¬``; U+00A0 to U+00BF, U+2000 to U+2FFF, U+E000
    to U+FFFF), private characters there, ``¡ ¦ § ¶ · ¿``, controls, and U+FFFD. What joins words or ends them
    (``- ' & . , ; : ! ? / ( ) @ _``, quotes, dashes) is not.

    Parameters
    ----------
    text : bytes
        In UTF-8.

    Examples
    --------
    >>> count_broken("The gov£rnment, th^^e sea; and/or U.S.A. — £5 a+b".encode())
    3
    """
    marks = np.frombuffer(text.translate(_PLACES), dtype=np.bool_)
    places = np.flatnonzero(marks[1:-1]) + 1
    if not len(places):
        return 0
    around = np.frombuffer(text, dtype=np.uint8)
    places = places[_AROUND[around[places - 1]]]
    found = 0
    for place in places.tolist():
        before = text[max(0, place - 4) : place].decode("utf-8", "ignore")[-1:]
        found += before.isalpha() and bool(_BROKEN.match(text[place : place + _NEAR].decode("utf-8", "ignore")))
    return found
