"""``trip own``: which vehicles there are, so that no e-bike is found where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, word
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.errors import BadOptionError
from geowallet.model.mobility import Mode

if TYPE_CHECKING:
    from collections.abc import Collection

OWNABLE = (Mode.BIKE, Mode.E_BIKE, Mode.E_SCOOTER, Mode.CAR, Mode.MOTORCYCLE)
"""What one has at home."""

_NONE = "none"


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``trip``."""
    verb(
        app,
        "own",
        _("Say which vehicles you have: an e-bike, e-scooter or motorcycle is only found then."),
        example="geowallet trip own e_bike car",
    )(own)


def own(
    shell: Shell,
    mode: Annotated[
        list[str] | None,
        typer.Argument(help=_("bike, e_bike, e_scooter, car, motorcycle; or none.")),
    ] = None,
) -> None:
    """Store the vehicles that there are, or show them."""
    from geowallet.app import settings
    from geowallet.app.wallet import now_us

    said = _said(mode or [])
    with open_wallet(shell) as vault:
        if said is not None:
            settings.set_owned_modes(vault, said, now_us=now_us())
        owned = settings.owned_modes(vault)
    shell.emit({"owned": None if owned is None else sorted(str(one) for one in owned)})
    if owned is None:
        shell.say(_("You have not said which vehicles you have."))
        shell.next("geowallet trip own bike car")
        return
    names = ", ".join(word(one) for one in OWNABLE if one in owned) or _("none")
    shell.say(_("Your vehicles: {names}", names=names))
    if said is not None:
        shell.say(_("Trips found from now on heed it; those there are stay as they are."))
        shell.next("geowallet trip recompute", _("shows what it would change"))


def _said(modes: Collection[str]) -> list[Mode] | None:
    """Return the modes that were typed, or None where nothing was."""
    if not modes:
        return None
    if list(modes) == [_NONE]:
        return []
    if any(one not in OWNABLE for one in modes):
        raise BadOptionError(option="MODE", reason=", ".join([*OWNABLE, _NONE]))
    return [Mode(one) for one in modes]
