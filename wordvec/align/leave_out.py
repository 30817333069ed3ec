"""The leave-one-slice-out control: does drift stand without a slice in the compass?"""

from collections.abc import Iterator
from dataclasses import replace

from ..progress import Watcher
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from .compass import CompassAligner

__all__ = ["leave_slices_out"]


def leave_slices_out(
    aligner: CompassAligner,
    corpus: Corpus,
    *,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
) -> Iterator[tuple[str, AlignedSlices]]:
    """Align all slices once for each slice that the compass does not read: the leave-one-slice-out control.

    Drift that stands whichever slice is left out is not owed to any one slice in the compass. With two slices, each
    alone is the compass once. To test a single pair among more, leave both out at once: ``leave_out=(a, b)``.

    Parameters
    ----------
    aligner : CompassAligner
        Its settings; slices that it leaves out stay out every time.
    corpus : Corpus
        Two slices at least.
    threads, racing, progress
        As for :meth:`CompassAligner.align`.

    Yields
    ------
    (str, AlignedSlices)
        The label of the slice that was left out, and all slices aligned by the others' compass.

    Raises
    ------
    ParameterError
        If nothing would be left.

    Examples
    --------
    >>> from wordvec import CompassAligner, Corpus, SkipGram
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"]] * 9, "now": [["b", "a"]] * 9}, min_count=1)
    >>> aligner = CompassAligner(SkipGram(dim=4, epochs=1, subsample=0))
    >>> [(label, aligned.labels) for label, aligned in leave_slices_out(aligner, corpus)]
    [('then', ('then', 'now')), ('now', ('then', 'now'))]
    """
    for label in corpus.labels:
        if label not in aligner.leave_out:
            without = replace(aligner, leave_out=(*aligner.leave_out, label))
            yield label, without.align(corpus, threads=threads, racing=racing, progress=progress)
