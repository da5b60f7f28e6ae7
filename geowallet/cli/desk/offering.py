"""What a recipient may add to any offer: a scoring module of its own, and a tariff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _

if TYPE_CHECKING:
    from geowallet.app.desk.desk import Desk
    from geowallet.cli.terminal.shell import Shell
    from geowallet.contracts.terms.syntax import Terms

FUEL = 10_000_000
"""Steps of one call of a module, where none are named."""

ModuleFile = Annotated[
    Path | None, typer.Option("--module", help=_("Your scoring module (.wasm); see --output."))
]
Outputs = Annotated[
    list[str] | None,
    typer.Option("--output", help=_("What leaves of the module, such as score:0:100.")),
]
Fuel = Annotated[int, typer.Option(help=_("Steps that the module may take for one output."))]
TariffFile = Annotated[
    Path | None, typer.Option("--tariff", help=_("What you will charge: a JSON file."))
]


def furnished(
    terms: Terms, *, module: Path | None, outputs: list[str] | None, fuel: int, tariff: Path | None
) -> tuple[Terms, bytes]:
    """Return ``terms`` with what was added, and the module's bytes or b""."""
    from geowallet.app.scoring.modules import module_from
    from geowallet.app.sharing.offering import with_module, with_tariff

    if tariff is not None:
        terms = with_tariff(terms, tariff)
    if module is None:
        return terms, b""
    data = module_from(module)
    return with_module(terms, data, outputs or [], fuel=fuel), data


def hand_over(shell: Shell, desk: Desk, offer: Path, data: bytes) -> None:
    """Write the module beside its offer, where there is one."""
    from geowallet.app.sharing.offering import write_module

    if data:
        written = write_module(desk, offer, data)
        shell.say(_("Wrote {path}: it belongs to the offer, send both.", path=str(written)))
