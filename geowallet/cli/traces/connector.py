"""``connector list|trust|distrust|check|new``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, say
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.cli.wallet.doctor import PROBLEMS_FOUND

if TYPE_CHECKING:
    from geowallet.connectors.guests.packages import Package

app = group(_("Formats that can be read."))


def list_(shell: Shell) -> None:
    """Show every connector: built in, and of other packages, none of whose code runs."""
    from geowallet.app.intake.trusting import State, lodgers
    from geowallet.connectors.registry import BUILTIN

    states = {
        State.TRUSTED: _("trusted"),
        State.UNTRUSTED: _("not trusted"),
        State.CHANGED: _("changed: off"),
        State.UNUSABLE: _("cannot be used"),
        State.GONE: _("not installed any more"),
    }
    rows = []
    for connector in BUILTIN:
        endings = list(connector.extensions)
        rows.append([connector.name, ", ".join(endings), "geowallet", _("built in")])
        _emit(shell, connector.name, endings, "geowallet", "builtin")
    others = lodgers()
    for lodger in others:
        owner = f"{lodger.package} {lodger.version}"
        endings = list(lodger.extensions)
        rows.append([lodger.name, ", ".join(endings), owner, states[lodger.state]])
        _emit(shell, lodger.name, endings, owner, str(lodger.state))
    columns = [Column(_("FORMAT")), Column(_("ENDINGS")), Column(_("FROM")), Column(_("STATE"))]
    shell.table(columns, rows)
    shell.say(_("The content decides, not the ending. Archives: zip, gz, bz2, xz, tar."))
    for lodger in others:
        if lodger.reason:
            shell.note(_("{name}: {value}", name=lodger.name, value=_(lodger.reason)))
        if lodger.state in {State.UNTRUSTED, State.CHANGED}:
            shell.next(f"geowallet connector trust {lodger.name}")


def _emit(shell: Shell, name: str, endings: list[str], owner: str, state: str) -> None:
    record = {"connector": name, "extensions": endings, "builtin": state == "builtin"}
    shell.emit(record | {"from": owner, "state": state})


def trust(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("Name of the connector."))],
    digest: Annotated[
        str | None,
        typer.Option("--digest", help=_("Trust it only if its files have this SHA-256.")),
    ] = None,
) -> None:
    """Show what would be trusted, ask, and trust it."""
    from geowallet.app.intake.guests import package_named
    from geowallet.app.intake.trusting import trust as allow

    package = package_named(name)
    _show(shell, package)
    shell.confirm(_("Trust {name}, as long as it stays like this?", name=name))
    trusted = allow(package, digest=digest)
    shell.emit({"connector": name, "sha256": package.digest, "extensions": trusted.extensions})
    endings = ", ".join(trusted.extensions)
    shell.say(
        _(
            "{name} is trusted; it is asked for files that end in {endings}.",
            name=name,
            endings=endings,
        )
    )


def _show(shell: Shell, package: Package) -> None:
    from geowallet.app.intake.trusting import CAN

    entry = package.entry
    shell.pairs(
        [
            (_("Connector"), entry.name),
            (_("Package"), f"{entry.package} {entry.version}"),
            (_("Starts as"), entry.target),
            (_("SHA-256"), package.digest),
        ]
    )
    shell.say()
    columns = [Column(_("FILE")), Column(_("BYTES"), numeric=True)]
    shell.table(columns, [[path, count(len(data))] for path, data in package.files.items()])
    shell.say()
    shell.say(_("What it will be able to do:"))
    for sentence in CAN:
        shell.say(f"  {say(sentence)}")
    lacking = ", ".join(package.lacks())
    if lacking:
        shell.say()
        shell.say(_("It imports what is not there when it runs: {modules}", modules=lacking))
    shell.say()


def distrust(
    shell: Shell, name: Annotated[str, typer.Argument(help=_("Name of the connector."))]
) -> None:
    """Turn it off."""
    from geowallet.app.intake.trusting import distrust as turn_off

    turn_off(name)
    shell.emit({"connector": name, "state": "untrusted"})
    shell.say(_("{name} is not trusted any more.", name=name))


def check(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("Name of the connector."))],
    sample: Annotated[Path, typer.Argument(help=_("A small file of its format."))],
    zone: Annotated[
        str | None, typer.Option("--zone", help=_("Zone of the times in the sample."))
    ] = None,
) -> None:
    """Show what is wrong with a connector."""
    from geowallet.app.intake.connector_kit import check_sample
    from geowallet.connectors.api import ReadOptions

    findings = check_sample(name, sample, options=ReadOptions(zone=zone))
    shell.emit({"connector": name, "findings": [str(finding) for finding in findings]})
    for finding in findings:
        shell.say(say(finding))
    if findings:
        raise typer.Exit(PROBLEMS_FOUND)
    shell.say(_("{name}: nothing wrong was found.", name=name))


def new(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("Name of the new format, a lower-case word."))],
    folder: Annotated[Path, typer.Argument(help=_("The folder to make."))],
) -> None:
    """Write the package and name its files."""
    from geowallet.app.intake.connector_kit import new_connector

    for path in new_connector(name, folder):
        shell.emit({"file": str(path)})
        shell.say(str(path))
    shell.next(f"pip install --editable {folder}")


verb(app, "list", _("List the formats."))(list_)
verb(
    app,
    "trust",
    _("Let a connector of another package read files, as long as it does not change."),
    example="geowallet connector trust fieldnotes",
)(trust)
verb(app, "distrust", _("Turn a connector of another package off."))(distrust)
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
