"""Static and cross-corpus word embeddings.

Text becomes a :class:`Corpus` once; trainers and aligners turn it into vectors; measures turn
vectors into tables::

    import wordvec as wv
    corpus = wv.encode_slices({"1790-1859": "old.txt", "1960-2021": "new.txt"}, min_count=5)
    aligned = wv.CompassAligner(wv.SkipGram(dim=100, seed=1)).align(corpus)
    wv.measure_drift(aligned, min_count=20).head(20)
    aligned["1960-2021"].nearest("broadcast", k=10)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from .align.balance import thin_slices
    from .align.compass import CompassAligner
    from .align.leave_out import leave_slices_out
    from .align.maps import align_linear, align_local_linear
    from .align.methods import align_slices
    from .align.procrustes import align_procrustes, train_slices_procrustes
    from .align.sense_slices import align_senses
    from .checkpoints import Checkpoints
    from .csls import csls_neighbors
    from .drift.agreement import agreement_rates, compare_methods, correlate_methods
    from .drift.assess import assess_drift
    from .drift.change_points import find_change_points, segment_series
    from .drift.context_words import list_contexts
    from .drift.contexts import measure_contexts
    from .drift.control_runs import ControlResult, run_control
    from .drift.controls import null_corpus
    from .drift.dispersion import measure_dispersion
    from .drift.measures import measure_drift
    from .drift.neighbors import list_neighbors
    from .drift.overlap import describe_balance
    from .drift.planted import Planted, plant_drift
    from .drift.power import false_discoveries, power_surface
    from .drift.refits import compass_spread
    from .drift.residuals import add_residual
    from .drift.sense_change import measure_sense_change
    from .drift.sense_curves import list_prevalences
    from .drift.trajectories import list_trajectories
    from .embeddings import Embeddings, Neighbor, Training
    from .errors import (
        AlignmentError,
        CorruptFileError,
        FormatError,
        OutputExistsError,
        ParameterError,
        ResourceError,
        UnknownWordError,
        WordvecError,
    )
    from .evaluate.analogy import evaluate_analogies
    from .evaluate.bilingual import evaluate_bilingual, evaluate_cross_similarity
    from .evaluate.categorization import evaluate_categorization
    from .evaluate.comparison.baseline import random_embeddings
    from .evaluate.comparison.compare import compare_outcomes
    from .evaluate.contextual_similarity import evaluate_contextual_similarity
    from .evaluate.definitions import evaluate_definitions
    from .evaluate.entailment import evaluate_entailment
    from .evaluate.gold_drift import evaluate_drift, read_drift_targets
    from .evaluate.induction import evaluate_induction
    from .evaluate.outcome import outcome_table
    from .evaluate.outliers import evaluate_outliers
    from .evaluate.relational import evaluate_relational
    from .evaluate.relations import evaluate_relations
    from .evaluate.sentences import evaluate_sentences
    from .evaluate.similarity import evaluate_similarity
    from .evaluate.slice_pairs import evaluate_slice_pairs, read_slice_pairs
    from .evaluate.slice_prediction import evaluate_slice_prediction, predict_slice
    from .evaluate.suite import read_suite, score_suite
    from .evaluate.synonyms import evaluate_synonyms
    from .evaluate.tagging import evaluate_tagging
    from .evaluate.temporal import evaluate_temporal
    from .evaluate.word_in_context import evaluate_word_in_context
    from .files.formats import read_vectors
    from .files.gensim import from_gensim, to_gensim
    from .knowledge.attract_repel import AttractRepel
    from .knowledge.concept_map import map_concepts
    from .knowledge.cooccurrence import count_cooccurrences
    from .knowledge.counter_fitting import counter_fit
    from .knowledge.expanded import expanded_retrofit
    from .knowledge.functional import functional_retrofit
    from .knowledge.graph import KnowledgeGraph
    from .knowledge.languages import join_languages, map_languages
    from .knowledge.mapping import make_lexicon
    from .knowledge.mittens import Mittens
    from .knowledge.reading import read_graph
    from .knowledge.retrofit import retrofit
    from .knowledge.specialize import Specializer
    from .lexicon import Lexicon
    from .progress import Progress
    from .report.html import write_report
    from .search import Nearest
    from .senses.disambiguation import Disambiguation
    from .senses.embeddings import SenseEmbeddings
    from .senses.examples import sense_examples
    from .senses.inventory import SenseInventory
    from .senses.inventory_files import read_inventory
    from .senses.inventory_gates import apply_inventory
    from .senses.slices import SenseSlices
    from .senses.tagging import tag_text
    from .slices import AlignedSlices
    from .text.corpus import Corpus
    from .text.encode import Reading, encode, encode_slices
    from .text.normalize import Normalizer
    from .text.quality import read_lexicon, text_quality
    from .text.records import Records
    from .text.vocabulary import Vocabulary
    from .train.cbow import CBOW
    from .train.context_clusters import ContextClusters
    from .train.disambiguated import DisambiguatedSkipGram
    from .train.mssg import MultiSenseSkipGram
    from .train.skipgram import SkipGram

#: Public name to the module that defines it: loaded when first used, so that importing is quick.
_HOMES = {
    "AlignedSlices": "slices",
    "AlignmentError": "errors",
    "AttractRepel": "knowledge.attract_repel",
    "CBOW": "train.cbow",
    "Checkpoints": "checkpoints",
    "CompassAligner": "align.compass",
    "ContextClusters": "train.context_clusters",
    "ControlResult": "drift.control_runs",
    "Corpus": "text.corpus",
    "CorruptFileError": "errors",
    "DisambiguatedSkipGram": "train.disambiguated",
    "Disambiguation": "senses.disambiguation",
    "Embeddings": "embeddings",
    "FormatError": "errors",
    "KnowledgeGraph": "knowledge.graph",
    "Lexicon": "lexicon",
    "Mittens": "knowledge.mittens",
    "MultiSenseSkipGram": "train.mssg",
    "Nearest": "search",
    "Neighbor": "embeddings",
    "Normalizer": "text.normalize",
    "OutputExistsError": "errors",
    "ParameterError": "errors",
    "Planted": "drift.planted",
    "Progress": "progress",
    "Reading": "text.encode",
    "Records": "text.records",
    "ResourceError": "errors",
    "SenseEmbeddings": "senses.embeddings",
    "SenseInventory": "senses.inventory",
    "SenseSlices": "senses.slices",
    "SkipGram": "train.skipgram",
    "Specializer": "knowledge.specialize",
    "Training": "embeddings",
    "UnknownWordError": "errors",
    "Vocabulary": "text.vocabulary",
    "WordvecError": "errors",
    "add_residual": "drift.residuals",
    "agreement_rates": "drift.agreement",
    "align_linear": "align.maps",
    "align_local_linear": "align.maps",
    "align_procrustes": "align.procrustes",
    "align_senses": "align.sense_slices",
    "align_slices": "align.methods",
    "apply_inventory": "senses.inventory_gates",
    "assess_drift": "drift.assess",
    "compare_methods": "drift.agreement",
    "compare_outcomes": "evaluate.comparison.compare",
    "compass_spread": "drift.refits",
    "correlate_methods": "drift.agreement",
    "count_cooccurrences": "knowledge.cooccurrence",
    "counter_fit": "knowledge.counter_fitting",
    "csls_neighbors": "csls",
    "describe_balance": "drift.overlap",
    "encode": "text.encode",
    "encode_slices": "text.encode",
    "evaluate_analogies": "evaluate.analogy",
    "evaluate_bilingual": "evaluate.bilingual",
    "evaluate_categorization": "evaluate.categorization",
    "evaluate_contextual_similarity": "evaluate.contextual_similarity",
    "evaluate_cross_similarity": "evaluate.bilingual",
    "evaluate_definitions": "evaluate.definitions",
    "evaluate_drift": "evaluate.gold_drift",
    "evaluate_entailment": "evaluate.entailment",
    "evaluate_induction": "evaluate.induction",
    "evaluate_outliers": "evaluate.outliers",
    "evaluate_relational": "evaluate.relational",
    "evaluate_relations": "evaluate.relations",
    "evaluate_sentences": "evaluate.sentences",
    "evaluate_similarity": "evaluate.similarity",
    "evaluate_slice_pairs": "evaluate.slice_pairs",
    "evaluate_slice_prediction": "evaluate.slice_prediction",
    "evaluate_synonyms": "evaluate.synonyms",
    "evaluate_tagging": "evaluate.tagging",
    "evaluate_temporal": "evaluate.temporal",
    "evaluate_word_in_context": "evaluate.word_in_context",
    "expanded_retrofit": "knowledge.expanded",
    "false_discoveries": "drift.power",
    "find_change_points": "drift.change_points",
    "from_gensim": "files.gensim",
    "functional_retrofit": "knowledge.functional",
    "join_languages": "knowledge.languages",
    "leave_slices_out": "align.leave_out",
    "list_contexts": "drift.context_words",
    "list_neighbors": "drift.neighbors",
    "list_prevalences": "drift.sense_curves",
    "list_trajectories": "drift.trajectories",
    "make_lexicon": "knowledge.mapping",
    "map_concepts": "knowledge.concept_map",
    "map_languages": "knowledge.languages",
    "measure_contexts": "drift.contexts",
    "measure_dispersion": "drift.dispersion",
    "measure_drift": "drift.measures",
    "measure_sense_change": "drift.sense_change",
    "null_corpus": "drift.controls",
    "outcome_table": "evaluate.outcome",
    "plant_drift": "drift.planted",
    "power_surface": "drift.power",
    "predict_slice": "evaluate.slice_prediction",
    "random_embeddings": "evaluate.comparison.baseline",
    "read_drift_targets": "evaluate.gold_drift",
    "read_graph": "knowledge.reading",
    "read_inventory": "senses.inventory_files",
    "read_lexicon": "text.quality",
    "read_slice_pairs": "evaluate.slice_pairs",
    "read_suite": "evaluate.suite",
    "read_vectors": "files.formats",
    "retrofit": "knowledge.retrofit",
    "run_control": "drift.control_runs",
    "score_suite": "evaluate.suite",
    "segment_series": "drift.change_points",
    "sense_examples": "senses.examples",
    "tag_text": "senses.tagging",
    "text_quality": "text.quality",
    "thin_slices": "align.balance",
    "to_gensim": "files.gensim",
    "train_slices_procrustes": "align.procrustes",
    "write_report": "report.html",
}

__all__ = [
    "CBOW",
    "AlignedSlices",
    "AlignmentError",
    "AttractRepel",
    "Checkpoints",
    "CompassAligner",
    "ContextClusters",
    "ControlResult",
    "Corpus",
    "CorruptFileError",
    "DisambiguatedSkipGram",
    "Disambiguation",
    "Embeddings",
    "FormatError",
    "KnowledgeGraph",
    "Lexicon",
    "Mittens",
    "MultiSenseSkipGram",
    "Nearest",
    "Neighbor",
    "Normalizer",
    "OutputExistsError",
    "ParameterError",
    "Planted",
    "Progress",
    "Reading",
    "Records",
    "ResourceError",
    "SenseEmbeddings",
    "SenseInventory",
    "SenseSlices",
    "SkipGram",
    "Specializer",
    "Training",
    "UnknownWordError",
    "Vocabulary",
    "WordvecError",
    "__version__",
    "add_residual",
    "agreement_rates",
    "align_linear",
    "align_local_linear",
    "align_procrustes",
    "align_senses",
    "align_slices",
    "apply_inventory",
    "assess_drift",
    "compare_methods",
    "compare_outcomes",
    "compass_spread",
    "correlate_methods",
    "count_cooccurrences",
    "counter_fit",
    "csls_neighbors",
    "describe_balance",
    "encode",
    "encode_slices",
    "evaluate_analogies",
    "evaluate_bilingual",
    "evaluate_categorization",
    "evaluate_contextual_similarity",
    "evaluate_cross_similarity",
    "evaluate_definitions",
    "evaluate_drift",
    "evaluate_entailment",
    "evaluate_induction",
    "evaluate_outliers",
    "evaluate_relational",
    "evaluate_relations",
    "evaluate_sentences",
    "evaluate_similarity",
    "evaluate_slice_pairs",
    "evaluate_slice_prediction",
    "evaluate_synonyms",
    "evaluate_tagging",
    "evaluate_temporal",
    "evaluate_word_in_context",
    "expanded_retrofit",
    "false_discoveries",
    "find_change_points",
    "from_gensim",
    "functional_retrofit",
    "join_languages",
    "leave_slices_out",
    "list_contexts",
    "list_neighbors",
    "list_prevalences",
    "list_trajectories",
    "make_lexicon",
    "map_concepts",
    "map_languages",
    "measure_contexts",
    "measure_dispersion",
    "measure_drift",
    "measure_sense_change",
    "null_corpus",
    "outcome_table",
    "plant_drift",
    "power_surface",
    "predict_slice",
    "random_embeddings",
    "read_drift_targets",
    "read_graph",
    "read_inventory",
    "read_lexicon",
    "read_slice_pairs",
    "read_suite",
    "read_vectors",
    "retrofit",
    "run_control",
    "score_suite",
    "segment_series",
    "sense_examples",
    "tag_text",
    "text_quality",
    "thin_slices",
    "to_gensim",
    "train_slices_procrustes",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
