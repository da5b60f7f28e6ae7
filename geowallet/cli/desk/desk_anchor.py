"""``desk anchor``: on whose word a recipient relies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import locations
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from geowallet.verify.evidence import Anchor

app = group(_("On whose word this desk relies: authorities, witnesses, devices, workshops."))


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
    device: Annotated[
        str, typer.Option(help=_("The key of a device that signs files, one line."))
    ] = "",
    odometer: Annotated[
        str, typer.Option(help=_("The key of who signs odometer readings, as they print it."))
    ] = "",
) -> None:
    """Rely on an authority, a witness, a device or a workshop."""
    from geowallet.app.evidence.anchors import Given, add_anchor

    given = Given(certificate, policy, witness, device, odometer)
    if sum(map(bool, (certificate, witness, device, odometer))) != 1:
        option = "--certificate, --witness, --device, --odometer"
        raise BadOptionError(option=option, reason=_("one of them is needed"))
    anchor = add_anchor(locations(shell).desk, name, given)
    shell.say(_("This desk relies on {name}.", name=name))
    shell.emit(_record(anchor))


def list_(shell: Shell) -> None:
    """Show whom the desk relies on."""
    from geowallet.app.evidence.anchors import anchors

    known = anchors(locations(shell).desk)
    for anchor in known:
        shell.emit(_record(anchor))
    if not known:
        shell.say(_("This desk relies on nobody's word."))
        shell.next("geowallet desk anchor add NAME --certificate FILE")
        return
    columns = [Column(_("NAME")), Column(_("FOR")), Column(_("KEY OR CERTIFICATE"))]
    words = {"time": _("time"), "device": _("files of a device"), "odometer": _("odometers")}
    shell.table(columns, [[one.name, words[one.speaks], one.by] for one in known])


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
    _("Rely on a certificate or a key, which you got by another way."),
    example="geowallet desk anchor add tsa --certificate tsa.pem",
    desk=True,
)(add)
verb(app, "list", _("List on whom this desk relies."), desk=True)(list_)
verb(app, "remove", _("Rely on somebody no more."), desk=True)(remove)


def _record(anchor: Anchor) -> dict[str, Any]:
    return {"anchor": anchor.name, "for": str(anchor.speaks), "by": anchor.by}
