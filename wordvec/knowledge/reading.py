"""Read a knowledge graph, whatever it is kept in."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import FormatError, ParameterError, require
from ..text.tables import beside, combined_digest
from .babelnet import read_babelnet
from .builder import GraphBuilder
from .conceptnet import read_conceptnet
from .edge_tables import read_edge_table, read_synset_table
from .forms import FORMATS, Found, find_form
from .graph import KnowledgeGraph
from .intake import Intake, Selection, fold_names
from .mesh import read_mesh
from .obo import read_obo
from .omw import read_omw
from .umls import read_umls
from .word_lists import read_word_lists
from .wordnet import read_wn, read_wordnet_graph

__all__ = ["FORMATS", "read_graph"]

_READERS = {
    "babelnet": read_babelnet,
    "conceptnet": read_conceptnet,
    "edges": read_edge_table,
    "mesh": read_mesh,
    "obo": read_obo,
    "omw": read_omw,
}


def read_graph(
    path: Path | str | Sequence[Path | str],
    *,
    format: str | None = None,
    languages: str | Iterable[str] | None = None,
    relations: str | Iterable[str] | None = None,
    sources: str | Iterable[str] | None = None,
    term_types: str | Iterable[str] | None = None,
    semantic_types: str | Iterable[str] | None = None,
    suppressed: bool = False,
    lexical: bool = False,
    list_relation: str | Mapping[Path, str] | Mapping[str, str] | None = None,
    directed: bool | None = None,
    encoding: str = "utf-8",
    errors: str = "strict",
) -> KnowledgeGraph:
    """Read a graph from a file or a folder, or one graph from several that meet in their concepts.

    ==============  ===============================================================================================
    format          what it looks like
    ==============  ===============================================================================================
    ``wvg``         a folder that :meth:`KnowledgeGraph.save` wrote
    ``umls``        a folder with ``MRCONSO.RRF`` or ``MRREL.RRF`` (``MRSTY.RRF``), there or in ``META``; or these files
    ``wordnet``     a folder with ``data.noun`` (verb, adj, adv), there or in ``dict``
    ``wn``          ``wn:oewn:2024``: a lexicon of the package ``wn``, if that is installed
    ``omw``         ``wn-data-fra.tab``; a folder of such files
    ``babelnet``    ``bn:00008364n  EN  bank`` or ``bn:00008364n  is-a  bn:00021547n``
    ``obo``         an ontology, ``.obo``
    ``mesh``        ``C14.280.647  D009203  Myocardial Infarction``, or ``Myocardial Infarction;C14.280.647``
    ``conceptnet``  assertions: ``/a/[...]  /r/IsA  /c/en/cat  /c/en/animal  {"weight": 2.0}``
    ``synsets``     a header with ``synset`` and ``lemmas``, these joined by ``|``; ``synset-edges.tsv`` beside it
    ``edges``       a header such as ``source  target  relation  weight``
    ``pairs``       ``cat feline`` or ``cat feline 0.7`` in every line, separated by blanks or tabs
    ``lexicon``     ``cat feline pussycat``: a word and the words that belong to it
    ==============  ===============================================================================================

    The rules are tried in this order: a folder by the names in it, or its file if it has just one; a file by its name,
    its header, its first 100 lines. Files are plain, ``.gz``, ``.bz2`` or ``.xz``. Lines over 1 MiB (in word lists
    8 MiB) and files that unpack to more than 200 times their size are refused.

    Parameters
    ----------
    path : Path, str, or several
        Of several, all edges have a direction or none has.
    format : str, optional
        Wins over the rules.
    languages : str or iterable of str, optional
        Keep names in these languages, as the source spells them (case aside).
    relations : str or iterable of str, optional
        Keep edges with these relations (of UMLS: REL or RELA).
    sources, term_types, semantic_types : str or iterable of str, optional
        Of UMLS: keep rows of these vocabularies (SAB) and term types (TTY), concepts of these types (TUI or STY).
    suppressed : bool, default False
        Of UMLS: keep rows whose SUPPRESS is not N.
    lexical : bool, default False
        Of WordNet: keep pointers between single words (antonyms, derivations); see
        :func:`wordvec.knowledge.wordnet.read_wordnet_graph`.
    list_relation : str or mapping of path to str, optional
        Relation of word lists and of tables without one, of all or of each by its path.
        By default a list whose file name has ``synonym`` or
        ``antonym`` (or ``syn``, ``ant`` by itself) in it is taken at its word; others are ``related``.
    directed : bool, optional
        Whether the direction of edges says something. By default it does, save in word lists and in tables
        ``word1  word2`` and ``node1  node2``.
    encoding, errors : str
        As for :class:`wordvec.text.reading.Reading`.

    Returns
    -------
    KnowledgeGraph
        Its metadata tell ``source``, ``format``, ``sha256``, ``notes`` and, with counts, what was ``left_out``.

    Raises
    ------
    FormatError
        Naming file and line, if something cannot be read, or its format cannot be told.
    ParameterError
        If something was chosen that is not there.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "synonyms.txt"
    >>> _ = path.write_text("cat feline pussycat\\nhot warm\\n")
    >>> graph = read_graph(path)
    >>> graph
    KnowledgeGraph(5 concepts, 3 edges: synonym)
    >>> graph.metadata["notes"]
    ['synonyms.txt taken for a list (lexicon) of relation synonym']
    """
    by_path = {Path(each): name for each, name in list_relation.items()} if isinstance(list_relation, Mapping) else {}
    selection = Selection(
        languages=fold_names(languages, "languages"),
        relations=fold_names(relations, "relations"),
        sources=fold_names(sources, "sources"),
        term_types=fold_names(term_types, "term_types"),
        semantic_types=fold_names(semantic_types, "semantic_types"),
        suppressed=suppressed,
        lexical=lexical,
        list_relation=by_path if isinstance(list_relation, Mapping) else list_relation,
        directed=directed,
        encoding=encoding,
        errors=errors,
    )
    paths = [path] if isinstance(path, str | Path) else list(path)
    require(bool(paths), "path", "at least one file or folder", paths)
    found = [find_form(each, format, selection) for each in paths]
    _check_lists(by_path, found)
    if len(found) == 1 and found[0].format == "wvg" and selection.is_whole and directed is None:
        return KnowledgeGraph.load(found[0].path)
    return _read(found, selection)


def _check_lists(relations: Mapping[Path, str], found: Sequence[Found]) -> None:
    """Raise unless every file whose relation is named is read, and can be without one of its own."""
    forms = {one.path: one.format for one in found}
    for path, name in relations.items():
        require(path in forms, "list_relation", "for paths that are read", str(path))
        if forms[path] not in ("lexicon", "pairs", "edges"):
            raise ParameterError(
                f"list_relation names relations of word lists and of tables without one, and {path} ({forms[path]}) "
                f"has its own; leave {name!r} out, or choose among its relations."
            )


def _read(found: Sequence[Found], selection: Selection) -> KnowledgeGraph:
    stored = {id(one): KnowledgeGraph.load(one.path) for one in found if one.format == "wvg"}
    for one in found:
        one.directed = stored[id(one)].directed if id(one) in stored else one.directed
    named = [one for one in found if one.format != "omw"] or found  # without edges
    if selection.directed is None and len({one.directed for one in named}) > 1:
        ways = {one.directed: one.path for one in named}
        raise ParameterError(
            f"the edges of {ways[True]} have a direction, those of {ways[False]} have none; give --directed or "
            "--undirected (directed=True or directed=False in Python), or read them apart."
        )
    builder = GraphBuilder(directed=named[0].directed if selection.directed is None else selection.directed)
    intake = Intake(selection, builder)
    for one in found:
        if id(one) in stored:
            _add(stored[id(one)], intake)
        elif one.format not in ("lexicon", "pairs"):
            _read_one(one, intake)
    lists = [(one.path, one.format, one.prefixed) for one in found if one.format in ("lexicon", "pairs")]
    if lists:
        read_word_lists(lists, intake)
    intake.check_choices()
    builder.closed = intake.defines
    facts = {
        "source": ", ".join(str(one.path) for one in found),
        "format": ", ".join(dict.fromkeys(one.format for one in found)),
        "sha256": combined_digest(intake.files),
    }
    try:
        return builder.build(facts | intake.metadata())
    except FormatError as error:
        raise FormatError(f"{facts['source']}: {error}") from None


def _read_one(found: Found, intake: Intake) -> None:
    """Read one graph that is no word list."""
    if found.format == "wn":
        read_wn(str(found.path), intake)
    elif found.format == "umls":
        read_umls(found.files, intake)
    elif found.format == "wordnet":
        read_wordnet_graph({name: paths[0] for name, paths in found.files.items()}, intake)
    elif found.format == "synsets":
        table = found.files[""][0]
        read_synset_table(table, intake)
        edges = beside(table.parent, "synset-edges.tsv")
        intake.notes.append("no synset-edges.tsv beside it" if edges is None else f"edges from {edges.name}")
        if edges is not None:
            read_edge_table(edges, intake)
    else:
        for path in found.files[""]:
            _READERS[found.format](path, intake)


def _add(graph: KnowledgeGraph, intake: Intake) -> None:
    """Add a graph that was read before, or what is wanted of it."""
    intake.builder.left_out.update(graph.metadata.get("left_out", {}))
    intake.notes += graph.metadata.get("notes", ())
    of_words = graph.terms is None and set(graph.metadata.get("format", "").split(", ")) <= {"lexicon", "pairs"}
    for concept in graph.concepts:
        intake.builder.concept(concept)
        if of_words:
            intake.builder.word(concept)
        if graph.terms is not None:
            for rank, term in enumerate(graph.terms_of(concept)):
                intake.term(concept, term.text, term.language, rank)
    for edge in graph.edges():
        intake.edge(*edge)
