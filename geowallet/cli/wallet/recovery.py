"""Showing a new recovery key once, asking for one, and naming the ways in."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.secrets import asker, first_line
from geowallet.model.words import N_

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.cli.terminal.shell import Shell

KINDS = {
    "passphrase": N_("passphrase"),
    "recovery": N_("recovery key"),
    "file": N_("key file"),
    "keyring": N_("system keyring"),
}
"""What people call a kind of key slot."""

_TRIES = 3


def kind_name(kind: str) -> str:
    """Return the name of a way in, in the reader's language."""
    return _(KINDS[kind])


def recovery_key(shell: Shell, path: Path | None) -> str:
    """Return the recovery key from the first line of a file, or as typed without echo."""
    if path is not None:
        return first_line(path).decode("utf-8", "replace")
    return asker(replace(shell, passphrase_file=None), _("Recovery key: "))().decode(
        "utf-8", "replace"
    )


def show_recovery(shell: Shell, text: str) -> bool:
    """Show the key on the terminal only, ask for two groups of it, and say if they came."""
    groups = text.split()
    shell.note("")
    shell.note(_("Recovery key. It is shown once, on this screen only. Write it on paper:"))
    for start in range(0, len(groups), 4):
        row = enumerate(groups[start : start + 4], start=start + 1)
        shell.stderr.write("".join(f"  {number:2} {group}" for number, group in row) + "\n")
    first, second = sorted(secrets.SystemRandom().sample(range(len(groups)), 2))
    prompt = _(
        "Type groups {first} and {second} to show that you have it: ",
        first=first + 1,
        second=second + 1,
    )
    wanted = _plain(groups[first] + groups[second])
    for _try in range(_TRIES):
        if _plain(shell.answer(prompt)) == wanted:
            return True
        shell.note(_("These are not the groups asked for; look at your paper."))
    return False


def _plain(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())
