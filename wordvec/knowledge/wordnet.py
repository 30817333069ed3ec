"""WordNet as a graph: its own database files, or a wordnet that the ``wn`` package has."""

from collections.abc import Mapping
from pathlib import Path

from ..errors import FormatError
from ..text.wordnet_files import WORDNET_FILES, Pointer, open_wn, read_data
from .intake import Intake

__all__ = ["read_wn", "read_wordnet_graph"]

_LANGUAGE = "eng"


def read_wordnet_graph(files: Mapping[str, Path], intake: Intake) -> None:
    """Read ``data.noun``, ``data.verb``, ``data.adj`` and ``data.adv``, as far as there.

    Concepts are synsets (``00001740-n``, adjective satellites ``-a``), as in the files of the Open Multilingual
    Wordnet; their words, in WordNet's order, are their names. Pointers between synsets are edges: the target of
    ``hypernym`` is the hypernym. Pointers between two words (antonyms, derivations) say nothing of other words of
    these synsets: they are left out and counted, unless the selection says ``lexical``; then each such word has a
    concept of its own, ``00001740-n#1``, the number being its place in the synset.

    Parameters
    ----------
    files : mapping of str to Path
        What :func:`wordvec.text.wordnet_files.find_wordnet` returns.
    intake : Intake
        Takes what is read.

    Raises
    ------
    FormatError
        If there is no data file, or one is not as the WordNet manual (wndb) says.
    """
    intake.defines = True
    lexical = intake.selection.lexical
    words_of: dict[str, list[str]] = {}
    pairs: list[tuple[str, Pointer]] = []
    parts = [part for part, ending in WORDNET_FILES.items() if f"data.{ending}" in files]
    if not parts:
        raise FormatError("no data.noun, data.verb, data.adj or data.adv among WordNet's files.")
    for part in parts:
        for synset, words, _, pointers in read_data(intake.open(files[f"data.{WORDNET_FILES[part]}"]), part):
            if lexical:
                words_of[synset] = words
            for rank, word in enumerate(words):
                intake.term(synset, word, _LANGUAGE, rank)
            for pointer in pointers:
                if not pointer.word and not pointer.target_word:
                    intake.edge(synset, pointer.target, pointer.relation)
                elif lexical:
                    pairs.append((synset, pointer))
                else:
                    intake.leave_out("lexical_pointers")
    for synset, pointer in pairs:
        ends = (synset, pointer.word), (pointer.target, pointer.target_word)
        if not all(0 < number <= len(words_of.get(name, ())) for name, number in ends):
            intake.leave_out("dangling")
            continue
        for name, number in ends:
            if f"{name}#{number}" not in intake.builder:
                intake.term(f"{name}#{number}", words_of[name][number - 1], _LANGUAGE)
        intake.edge(f"{synset}#{pointer.word}", f"{pointer.target}#{pointer.target_word}", pointer.relation)
    missing = [ending for part, ending in WORDNET_FILES.items() if part not in parts]
    if missing:
        intake.notes.append(f"not there: {', '.join(missing)}")


def read_wn(lexicon: str, intake: Intake) -> None:
    """Read a wordnet by the ``wn`` package, which the user has installed, and which has downloaded it.

    Parameters
    ----------
    lexicon : str
        What ``wn.Wordnet`` takes: ``"oewn:2024"``.
    intake : Intake
        Takes what is read. Concepts have the ids of the wordnet; relations are its relations of synsets.

    Raises
    ------
    ParameterError
        If the package is not installed, or has no such lexicon.
    """
    source, version = open_wn(lexicon)
    intake.defines = True
    for synset in source.synsets():
        language = synset.lexicon().language
        for rank, word in enumerate(synset.lemmas()):
            intake.term(synset.id, word, language, rank)
        intake.builder.concept(synset.id)
        for relation, others in synset.relations().items():
            for other in others:
                intake.edge(synset.id, other.id, relation)
    intake.notes.append(f"read by wn {version}")
