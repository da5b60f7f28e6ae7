"""``evidence witness-request``, ``witness-add``, ``witness-ask``: have a witness sign the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import count, moment
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    from geowallet.app.evidence.stamps import Stamp
    from geowallet.app.evidence.witnessing import ChosenWitness
    from geowallet.vault.store import Vault


def add_to(app: typer.Typer) -> None:
    """Register the verbs with the noun ``evidence``."""
    verb(
        app,
        "witness-request",
        _("Write a file that asks a witness to sign the state of the log."),
        example="geowallet evidence witness-request monday.request",
    )(request)
    verb(
        app,
        "witness-add",
        _("Take in what a witness signed."),
        example="geowallet evidence witness-add monday.cosigned",
    )(add)
    verb(
        app,
        "witness-ask",
        _("Have a witness that listens sign the state of the log: goes over the network."),
        example="geowallet evidence witness-ask https://witness.example",
    )(ask)


def request(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("The file to write."))],
    *,
    key: Annotated[str, typer.Option(help=_("The witness's key, the first time."))] = "",
    witness: Annotated[str, typer.Option(help=_("Its name, if you have several."))] = "",
    old: Annotated[
        int | None, typer.Option(help=_("Entries that it signed last, if it says so."))
    ] = None,
) -> None:
    """Write the request: hashes and a signed note, no data."""
    from geowallet.app.evidence import witnessing
    from geowallet.app.files import write_new
    from geowallet.app.wallet import now_us
    from geowallet.crypto.notes import verifier_key

    with open_wallet(shell) as vault:
        if key:
            witnessing.add_witness(vault, key, now_us=now_us())
        chosen = _chosen(vault, key, witness)
        size = witnessing.last_signed(vault, chosen) if old is None else old
        asked = witnessing.witness_request(vault, old_size=size)
        own = verifier_key(vault.origin, vault.log_public)
    written = write_new(file, str(asked).encode())
    shell.say(_("Wrote {path}: send it to {name}.", path=str(written), name=chosen.name))
    shell.say(_("The first time, tell them the key of your log by another way (phone, paper):"))
    shell.say(own)
    shell.emit({"file": str(written), "witness": chosen.name, "old": size, "log_key": own})


def add(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("What the witness sent back."))],
    *,
    key: Annotated[str, typer.Option(help=_("The witness's key, the first time."))] = "",
    witness: Annotated[str, typer.Option(help=_("Its name, if you have several."))] = "",
) -> None:
    """Check the witness's signature and keep it."""
    from geowallet.app.evidence import witnessing
    from geowallet.app.travel import trips
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        chosen = _chosen(vault, key, witness)
        stamp = witnessing.take_cosigned(vault, file, chosen, now_us=now_us())
        here = trips.own_zone(vault)
    _show(shell, stamp, here)


def ask(
    shell: Shell,
    url: Annotated[str, typer.Argument(help=_("Where it listens, the first time."))] = "",
    *,
    key: Annotated[str, typer.Option(help=_("The witness's key, the first time."))] = "",
    witness: Annotated[str, typer.Option(help=_("Its name, if you have several."))] = "",
) -> None:
    """Send a size, hashes and a signed note; check what comes back and keep it."""
    from geowallet.app.evidence.sending import host_of
    from geowallet.app.evidence.witness_asking import ask_witness, reached_at
    from geowallet.app.travel import trips
    from geowallet.app.wallet import now_us
    from geowallet.crypto.notes import verifier_key

    with open_wallet(shell) as vault:
        chosen = reached_at(vault, _chosen(vault, key, witness), url, now_us=now_us())
        shell.note(
            _(
                "This goes over the network, to {host}. What leaves: your log's name, its "
                "length, hashes, and its signature. No position, no date, no name.",
                host=host_of(chosen.url),
            )
        )
        if key:
            own = verifier_key(vault.origin, vault.log_public)
            shell.note(_("It signs only logs that it knows. The key of yours:"))
            shell.note(own)
        stamp = ask_witness(vault, chosen, clock=now_us)
        here = trips.own_zone(vault)
    _show(shell, stamp, here)


def _show(shell: Shell, stamp: Stamp, here: str) -> None:
    shell.say(
        _(
            "{name} saw {count} entries on {moment}.",
            name=stamp.name,
            count=count(stamp.size),
            moment=moment(stamp.at_s * 1_000_000, here),
        )
    )
    shell.emit({"witness": stamp.name, "entries": stamp.size, "at_s": stamp.at_s})


def _chosen(vault: Vault, key: str, name: str) -> ChosenWitness:
    """Return the witness that a key or name means, or the only one that is known."""
    from geowallet.app.evidence import witnessing
    from geowallet.app.wallet import now_us

    if key:
        return witnessing.witness_of(vault, key, now_us=now_us())
    return witnessing.chosen_witness(vault, name)
