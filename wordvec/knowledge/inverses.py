"""Relations that say the same thing in the other direction."""

from collections.abc import Mapping, Sequence

__all__ = ["pair_inverses"]

#: The relation whose target is the more general one, or the whole; and its inverse. Plain: see :func:`_plain`.
_INVERSES = (
    ("hypernym", "hyponym"), ("instancehypernym", "instancehyponym"), ("instanceof", "hasinstance"),
    ("isa", "inverseisa"), ("subclassof", "hassubclass"), ("parent", "child"), ("broader", "narrower"),
    ("holonym", "meronym"), ("memberholonym", "membermeronym"), ("partholonym", "partmeronym"),
    ("substanceholonym", "substancemeronym"), ("holomember", "meromember"), ("holopart", "meropart"),
    ("holosubstance", "merosubstance"), ("partof", "haspart"), ("memberof", "hasmember"),
    ("domaintopic", "memberdomaintopic"), ("domainregion", "memberdomainregion"), ("domainusage", "memberdomainusage"),
)  # fmt: skip


def pair_inverses(names: Sequence[str], weights: Mapping[str, float]) -> list[tuple[int, int]]:
    """Find the relations that are there with their inverses.

    Parameters
    ----------
    names : sequence of str
        Relations; case, blanks, ``_`` and ``-`` do not matter.
    weights : mapping of str to float
        Weights that were asked for.

    Returns
    -------
    list of (int, int)
        Places of a relation that stands for both and of its inverse. The first is the one that leads to the more
        general end, unless a positive weight was asked for the other one only.

    Examples
    --------
    >>> pair_inverses(["antonym", "hypernym", "hyponym"], {})
    [(1, 2)]
    >>> pair_inverses(["antonym", "hypernym", "hyponym"], {"hyponym": 0.5})
    [(2, 1)]
    """
    places = {_plain(name): place for place, name in enumerate(names)}
    found = [(places[up], places[down]) for up, down in _INVERSES if up in places and down in places]
    return [
        (down, up) if weights.get(names[down], 0) > 0 and names[up] not in weights else (up, down) for up, down in found
    ]


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")
