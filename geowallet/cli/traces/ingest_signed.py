"""What ``ingest`` says of the batches that devices signed beside files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.evidence.devices import Signed
    from geowallet.cli.terminal.shell import Shell


def show_signed(shell: Shell, signed: Sequence[Signed]) -> None:
    """Say how many files a device signed, and each whose signature is in doubt."""
    fine = sum(one.word in {"kept", "known"} for one in signed)
    if fine:
        shell.say(
            plural(
                "{count} file is signed by a device that you registered.",
                "{count} files are signed by devices that you registered.",
                fine,
            )
        )
    for one in signed:
        if one.word not in {"kept", "known"}:
            shell.say(_("{name}: {value}", name=one.file, value=_doubt(one)))


def _doubt(one: Signed) -> str:
    number = {"counter": one.counter, "name": one.device}
    said = {
        "unregistered": _("signed by {name}, which is not registered here"),
        "refused": _("the signature beside it is not of this file, or not of that device"),
        "missing": _("batch {counter} of {name}: one before it is missing"),
        "forked": _("batch {counter} of {name}: it contradicts another one"),
        "replayed": _("batch {counter} of {name}: the same file was signed before"),
    }
    return said[one.word].format(**number)
