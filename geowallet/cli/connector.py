"""``connector list``."""

from __future__ import annotations

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


verb(app, "list", _("List the formats."))(list_)
