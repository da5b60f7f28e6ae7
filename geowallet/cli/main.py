"""The command line: parse, call one use case, show. No logic lives here."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

import geowallet
from geowallet.cli.commands import Root
from geowallet.cli.terminal.language import _, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.model.errors import GeowalletError

USAGE = 2
"""Exit status of a command line that cannot be understood."""

INTERRUPTED = 130
"""Exit status after Ctrl-C: 128 + SIGINT, as shells have it."""

app = typer.Typer(
    name="geowallet",
    cls=Root,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=_(
        "Your location history stays in a wallet that only you open; what leaves is the one "
        "figure that a signed contract allows, in a form that a stranger can check."
    ),
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"geowallet {geowallet.__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help=_("Show the version.")
        ),
    ] = False,
) -> None:
    """Hold the options of the program itself."""


def run(arguments: Sequence[str]) -> int:
    """Run one command; the one place where errors become text and exit status.

    Args:
        arguments: As typed, without the program's name.

    Returns:
        The exit status (docs/reference/exit-codes.md).
    """
    try:
        status = typer.main.get_command(app).main(list(arguments), standalone_mode=False)
        sys.stdout.flush()
    except typer.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("\n")
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # Who read our output has gone (typer exits by itself then); writing the rest at
        # the end of the process would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  the last line of defence: a bug must leak nothing
        return _failed(error, as_json="--json" in arguments, in_full="--debug" in arguments)
    return status if isinstance(status, int) else 0


def _failed(error: Exception, *, as_json: bool, in_full: bool) -> int:
    from geowallet.cli.terminal.usage import usage_text
    from geowallet.model.errors import GeowalletError

    if isinstance(error, GeowalletError):
        _show(error, as_json=as_json)
        return error.exit_status
    if isinstance(error, typer.TyperException):
        _show_usage(usage_text(error), as_json=as_json)
        return USAGE
    _show_bug(error, in_full=in_full)
    return 1


def _show(error: GeowalletError, *, as_json: bool) -> None:
    text, hint = told(error)
    _write_error(error.code, text, hint, as_json=as_json)


def _show_usage(message: str, *, as_json: bool) -> None:
    hint = _("every command has --help")
    _write_error("usage", message, hint, as_json=as_json)


def _write_error(code: str, text: str, hint: str, *, as_json: bool) -> None:
    import json

    from geowallet.cli.terminal.shell import SCHEMA, printable

    if as_json:
        record = {"schema": SCHEMA, "error": {"code": code, "message": text, "hint": hint}}
        sys.stderr.write(json.dumps(record, ensure_ascii=False) + "\n")
        return
    sys.stderr.write(printable(f"{_('error')} [{code}] {text}", keep_lines=True) + "\n")
    if hint:
        sys.stderr.write(printable(f"{_('hint:')} {hint}") + "\n")


def _show_bug(error: Exception, *, in_full: bool) -> None:
    """Name the place of a bug, never its values: a message may quote a coordinate."""
    import traceback

    if in_full:
        traceback.print_exception(error)
        return
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{last.filename.rpartition('geowallet/')[2]}:{last.lineno}"
    kind = type(error).__name__
    sys.stderr.write(_("error [bug] {kind} at {where}", kind=kind, where=where) + "\n")
    sys.stderr.write(_("hint: please report it; --debug shows more, look before you send") + "\n")
