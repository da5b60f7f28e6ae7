"""``evidence device``: devices that sign the files that they write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb

if TYPE_CHECKING:
    from geowallet.app.evidence.devices import Registered

app = group(_("Devices that sign the files that they write."))


def init(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("The key file to write, on the device."))],
    name: Annotated[str, typer.Argument(help=_("As batches show it, such as van-1."))],
) -> None:
    """Make the key of a device; no wallet is needed."""
    from geowallet.app.evidence.device_keys import create_device

    key = create_device(file, name)
    shell.say(_("Wrote {path}: it stays on the device, readable by its owner.", path=str(file)))
    shell.say(_("The public key of {name}, for the wallet and for recipients:", name=name))
    shell.say(key)
    shell.emit({"device": name, "key": key, "file": str(file)})
    shell.next("geowallet evidence device add KEY")


def sign(
    shell: Shell,
    device: Annotated[Path, typer.Argument(help=_("The key file of the device."))],
    files: Annotated[list[Path], typer.Argument(help=_("Finished files, oldest first."))],
) -> None:
    """Sign files as the next ones of the device; no wallet is needed."""
    from geowallet.app.evidence.device_keys import sign_file

    for file in files:
        batch, written = sign_file(device, file)
        shell.say(_("Batch {counter}: {path}", counter=batch.counter, path=str(written)))
        shell.emit({"counter": batch.counter, "sha256": batch.sha256, "file": str(written)})


def add(
    shell: Shell, key: Annotated[str, typer.Argument(help=_("The public key of the device."))]
) -> None:
    """Register a device by its public key."""
    from geowallet.app.evidence import devices
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        added = devices.add_device(vault, key, now_us=now_us())
    shell.say(_("Device {name} is registered.", name=added.name))
    shell.emit({"device": added.name, "key": added.key})
    shell.next("geowallet ingest FILE", _("with FILE.batch beside it"))


def list_(shell: Shell) -> None:
    """Show the devices, and whether what they signed is whole."""
    from geowallet.app.evidence import devices

    with open_wallet(shell) as vault:
        known = devices.registered(vault)
    for one in known:
        shell.emit(_record(one))
    if not known:
        shell.say(_("No device is registered."))
        shell.next("geowallet evidence device add KEY")
        return
    columns = [Column(_("NAME")), Column(_("BATCHES"), numeric=True)]
    columns += [Column(_("FILES HERE"), numeric=True), Column(_("IN DOUBT"))]
    rows = [[one.device.name, count(one.batches), count(one.files), _doubts(one)] for one in known]
    shell.table(columns, rows)


def remove(
    shell: Shell, name: Annotated[str, typer.Argument(help=_("Its name, from the list."))]
) -> None:
    """Forget a device."""
    from geowallet.app.evidence import devices
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        gone = devices.remove_device(vault, name, now_us=now_us())
    shell.say(_("Device {name} is forgotten; what it signed stays.", name=gone.name))
    shell.emit({"device": gone.name, "key": gone.key})


verb(
    app,
    "init",
    _("Make the key of a device: a file that stays on it."),
    example="geowallet evidence device init van-1.key van-1",
)(init)
verb(
    app,
    "sign",
    _("Sign files on the device: each gets a batch beside it."),
    example="geowallet evidence device sign van-1.key monday.gpx",
)(sign)
verb(app, "add", _("Register a device by its public key."))(add)
verb(app, "list", _("List the devices, and what is missing of what they signed."))(list_)
verb(app, "remove", _("Forget a device."))(remove)


def _doubts(one: Registered) -> str:
    chain = one.chain
    said = [_("missing: {range}", range=_range(*gap)) for gap in chain.missing]
    said += [_("contradicted: {range}", range=str(counter)) for counter in chain.forked]
    said += [_("signed twice: {range}", range=str(counter)) for counter in chain.replayed]
    return ", ".join(said) or "-"


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _record(one: Registered) -> dict[str, Any]:
    return {
        "device": one.device.name,
        "key": one.device.key,
        "batches": one.batches,
        "unbroken": one.chain.unbroken,
        "files": one.files,
        "missing": [list(gap) for gap in one.chain.missing],
        "forked": list(one.chain.forked),
        "replayed": list(one.chain.replayed),
    }
