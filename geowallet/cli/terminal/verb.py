"""Registering commands: every verb gets the same shared options.

A command is a function of a `Shell` and its own arguments. `verb` adds the
shared options to what Typer sees and builds the `Shell` from them, so that
``--lang``, ``--json``, ``--quiet`` mean the same everywhere, after the verb.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from typer.core import TyperGroup

from geowallet.cli.terminal.language import LANGUAGES, _
from geowallet.cli.terminal.shell import Shell
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED: dict[str, tuple[Any, Any]] = {
    "wallet": (
        Annotated[
            Path | None,
            typer.Option("--wallet", envvar="GEOWALLET_WALLET", help=_("The wallet's file.")),
        ],
        None,
    ),
    "as_json": (
        Annotated[bool, typer.Option("--json", help=_("One JSON object a line."))],
        False,
    ),
    "plain": (
        Annotated[bool, typer.Option("--plain", help=_("Tab-separated rows, for scripts."))],
        False,
    ),
    "quiet": (Annotated[bool, typer.Option("--quiet", "-q", help=_("No notes."))], False),
    "no_input": (Annotated[bool, typer.Option("--no-input", help=_("Never ask."))], False),
    "yes": (Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask to go on."))], False),
    "passphrase_file": (
        Annotated[
            Path | None,
            typer.Option(
                "--passphrase-file",
                envvar="GEOWALLET_PASSPHRASE_FILE",
                help=_("Read the passphrase from the first line of this file."),
            ),
        ],
        None,
    ),
    "lang": (
        Annotated[str, typer.Option("--lang", help=_("Language: en or fr."), show_default=False)],
        "",
    ),
    "debug": (Annotated[bool, typer.Option("--debug", help=_("Show where a bug is."))], False),
}
"""Options of every command: name to annotation and default."""

DESK: dict[str, tuple[Any, Any]] = {
    "desk": (
        Annotated[
            Path | None,
            typer.Option("--desk", envvar="GEOWALLET_DESK", help=_("The recipient's folder.")),
        ],
        None,
    ),
}
"""Options of the commands that recipients use."""


class WithDefault(TyperGroup):
    """A noun that was a verb first: what is none of its verbs goes to `DEFAULT_VERB`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words after the noun, with the default verb before them if it is meant."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = [DEFAULT_VERB, *args]
        return super().parse_args(ctx, args)


DEFAULT_VERB = "contract"
"""What may be left out: ``export km`` is ``export contract km``."""


def group(help_text: str, kind: type[TyperGroup] = TyperGroup) -> typer.Typer:
    """Return a noun: a group of verbs that shows its help when called alone."""
    return typer.Typer(
        help=help_text,
        cls=kind,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def verb(
    app: typer.Typer, name: str, help_text: str, *, example: str = "", desk: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function of ``(shell, ...)`` as the command ``name``.

    Args:
        app: The noun, or the root.
        name: The verb as typed.
        help_text: What it does, already translated.
        example: One line that can be typed as it stands.
        desk: Whether it also takes ``--desk``.
    """
    shared = SHARED | (DESK if desk else {})
    shown = help_text + (f"\n\n{_('Example:')} {example}" if example else "")

    def register(function: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(function, include_extras=True)
        own = [p for p in inspect.signature(function).parameters.values() if p.name != "shell"]

        def command(**arguments: Any) -> None:
            choices = {key: arguments.pop(key) for key in shared}
            _check_language(choices.pop("lang"))
            choices.pop("debug")
            function(Shell(**choices), **arguments)

        added = [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for key, (kind, default) in shared.items()
        ]
        own = [
            p.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[p.name]) for p in own
        ]
        command.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in [*own, *added]}
        app.command(name, help=shown)(command)
        return function

    return register


def _check_language(wanted: str) -> None:
    if wanted and wanted[:2].lower() not in LANGUAGES:
        raise BadOptionError(option="--lang", reason=", ".join(LANGUAGES))
