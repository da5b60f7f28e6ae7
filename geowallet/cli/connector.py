"""``connector list|check|new``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geowallet.cli.doctor import PROBLEMS_FOUND
from geowallet.cli.language import _
from geowallet.cli.shell import Column, Shell
from geowallet.cli.verb import group, verb

app = group(_("Formats that can be read."))


def list_(shell: Shell) -> None:
    """Show every connector: built in, and of other packages."""
    from geowallet.connectors.registry import BUILTIN, installed

    guests, failures = installed()
    rows = []
    for connector, owner in [*((c, "geowallet") for c in BUILTIN), *((c, "") for c in guests)]:
        endings = ", ".join(connector.extensions)
        rows.append([connector.name, endings, owner or _("another package")])
        shell.emit(
            {
                "connector": connector.name,
                "extensions": list(connector.extensions),
                "builtin": bool(owner),
            }
        )
    shell.table([Column(_("FORMAT")), Column(_("ENDINGS")), Column(_("FROM"))], rows)
    shell.say(_("The content decides, not the ending. Archives: zip, gz, bz2, xz, tar."))
    for failure in failures:
        shell.note(_("not loaded: {failure}", failure=failure))


def check(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("Name of the connector."))],
    sample: Annotated[Path, typer.Argument(help=_("A small file of its format."))],
    zone: Annotated[
        str | None, typer.Option("--zone", help=_("Zone of the times in the sample."))
    ] = None,
) -> None:
    """Show what is wrong with a connector; the findings are for its author, in English."""
    from geowallet.app.connector_kit import check_sample
    from geowallet.connectors.api import ReadOptions

    findings = check_sample(name, sample, options=ReadOptions(zone=zone))
    shell.emit({"connector": name, "findings": list(findings)})
    for finding in findings:
        shell.say(finding)
    if findings:
        raise typer.Exit(PROBLEMS_FOUND)
    shell.say(_("{name}: nothing wrong was found.", name=name))


def new(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("Name of the new format, a lower-case word."))],
    folder: Annotated[Path, typer.Argument(help=_("The folder to make."))],
) -> None:
    """Write the package and name its files."""
    from geowallet.app.connector_kit import new_connector

    for path in new_connector(name, folder):
        shell.emit({"file": str(path)})
        shell.say(str(path))
    shell.next(f"pip install --editable {folder}")


verb(app, "list", _("List the formats."))(list_)
verb(
    app,
    "check",
    _("Try a connector on a sample, whole, cut and damaged."),
    example="geowallet connector check gpx ride.gpx",
)(check)
verb(
    app,
    "new",
    _("Begin a package with a connector of your own."),
    example="geowallet connector new fieldnotes geowallet-fieldnotes",
)(new)
