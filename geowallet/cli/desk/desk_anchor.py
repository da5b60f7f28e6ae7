"""``desk anchor``: whose time stamps a recipient relies on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import locations
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb

if TYPE_CHECKING:
    from geowallet.verify.evidence import Anchor

app = group(_("Whose time stamps this desk relies on: authorities and witnesses."))


def add(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("Your short name for it."))],
    *,
    certificate: Annotated[
        Path | None,
        typer.Option(help=_("PEM file: the certificate that signs time stamps, and its root.")),
    ] = None,
    policy: Annotated[
        str, typer.Option(help=_("Object identifier of the policy it must stamp under."))
    ] = "",
    witness: Annotated[str, typer.Option(help=_("The key of a witness, one line."))] = "",
) -> None:
    """Rely on an authority or a witness."""
    from geowallet.app.evidence.anchors import Given, add_anchor

    anchor = add_anchor(locations(shell).desk, name, Given(certificate, policy, witness))
    shell.say(_("This desk relies on {name}.", name=name))
    shell.emit(_record(anchor))


def list_(shell: Shell) -> None:
    """Show whom the desk relies on."""
    from geowallet.app.evidence.anchors import anchors

    known = anchors(locations(shell).desk)
    for anchor in known:
        shell.emit(_record(anchor))
    if not known:
        shell.say(_("This desk relies on nobody's time stamps."))
        shell.next("geowallet desk anchor add NAME --certificate FILE")
        return
    columns = [Column(_("NAME")), Column(_("KEY OR CERTIFICATE"))]
    shell.table(columns, [[anchor.name, anchor.by] for anchor in known])


def remove(
    shell: Shell, name: Annotated[str, typer.Argument(help=_("Its name, from the list."))]
) -> None:
    """Rely on somebody no more."""
    from geowallet.app.evidence.anchors import remove_anchor

    gone = remove_anchor(locations(shell).desk, name)
    shell.say(_("This desk relies on {name} no more.", name=gone.name))
    shell.emit(_record(gone))


verb(
    app,
    "add",
    _("Rely on an authority's certificate or a witness's key, which you got by another way."),
    example="geowallet desk anchor add tsa --certificate tsa.pem",
    desk=True,
)(add)
verb(app, "list", _("List whom this desk relies on."), desk=True)(list_)
verb(app, "remove", _("Rely on somebody no more."), desk=True)(remove)


def _record(anchor: Anchor) -> dict[str, Any]:
    return {"anchor": anchor.name, "by": anchor.by}
