"""``wordvec senses``: several vectors per word, one for each of its senses."""

import click

from .senses_align import align, change
from .senses_plot import plot
from .senses_show import show
from .senses_tag import tag
from .senses_train import train
from .senses_write import export

__all__ = ["senses"]


@click.group()
def senses() -> None:
    """Tell the senses of words apart: train them, look at them, tag a text with them.

    Senses have numbers, the most frequent first, and are written with their word: bank#1, bank#2.
    `wordvec nearest`, `wordvec convert`, `wordvec info` and `wordvec validate` read them, too.

    \b
    Examples:
        wordvec senses train corpus.wvc -o senses.wv --senses 3
        wordvec senses show senses.wv broadcast --corpus corpus.wvc
        wordvec senses tag senses.wv new.txt -o tagged.txt
        wordvec senses plot senses.wv broadcast --corpus corpus.wvc -o broadcast.svg
        wordvec senses export senses.wv merged.txt --merge
        wordvec senses align senses.wv corpus.wvc -o senses.wvs
        wordvec senses change senses.wvs --words broadcast
    """


for _command in (train, show, tag, plot, export, align, change):
    senses.add_command(_command)
