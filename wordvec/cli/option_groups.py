"""Options of one purpose: passed to a command as one value, shown under one heading of its help."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import wraps
from typing import Any

import click

__all__ = ["SectionedCommand", "option_names", "options_as", "typed_options"]

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def options_as(name: str, kind: type, options: Sequence[Decorator]) -> Decorator:
    """Return a decorator that gives a command options, and passes them on as one value.

    Parameters
    ----------
    name : str
        The command's argument.
    kind : type
        Dataclass with a field for each option.
    options : sequence of decorators
        What ``click.option`` returned.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def command(**values: Any) -> None:
            value = kind(**{field.name: values.pop(field.name) for field in fields(kind)})
            function(**{name: value}, **values)

        decorated: Callable[..., None] = command
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def option_names(kind: type) -> list[str]:
    """Return the options of the current command that fill the fields of a dataclass, as they are typed."""
    names = {field.name for field in fields(kind)}
    return [parameter.opts[-1] for parameter in click.get_current_context().command.params if parameter.name in names]


def typed_options() -> set[str]:
    """Return the options that were typed on the command line; of one with two spellings the longer."""
    context = click.get_current_context()
    source = click.core.ParameterSource.COMMANDLINE
    return {
        parameter.opts[-1]
        for parameter in context.command.params
        if parameter.name and context.get_parameter_source(parameter.name) == source
    }


class SectionedCommand(click.Command):
    """A command whose help shows its options under headings.

    Parameters
    ----------
    sections : mapping of str to type
        Headings, and the dataclass whose fields are the options below; the other options come last.
    arguments, settings
        As for ``click.Command``.
    """

    def __init__(self, *arguments: Any, sections: Mapping[str, type], **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.sections = sections

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, by their purpose."""
        records = [(option.name, option.get_help_record(ctx)) for option in self.get_params(ctx)]
        headings = {field.name: heading for heading, kind in self.sections.items() for field in fields(kind)}
        for heading in (*self.sections, "Other"):
            with formatter.section(heading):
                formatter.write_dl(
                    [record for name, record in records if record and headings.get(name or "", "Other") == heading]
                )
