"""Asking at a terminal for what files leave open: a zone, an order of dates, a secret."""

from __future__ import annotations

import getpass
from dataclasses import replace
from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _, told
from geowallet.cli.terminal.secrets import as_bytes
from geowallet.model.errors import AmbiguousDateError, GeowalletError, NaiveTimeError

if TYPE_CHECKING:
    from geowallet.app.intake.asking import Ask
    from geowallet.cli.terminal.shell import Shell
    from geowallet.connectors.api import ReadOptions

_TRIES = 3


def asker_of_files(shell: Shell) -> Ask | None:
    """Return a function that asks the owner, or None where nobody can answer."""
    if not shell.can_ask:
        return None

    def ask(name: str, error: GeowalletError, options: ReadOptions) -> ReadOptions | None:
        shell.note(_("{name}: {value}", name=name, value=told(error)[0]))
        if isinstance(error, NaiveTimeError):
            return _zone(shell, options)
        if isinstance(error, AmbiguousDateError):
            return _date_order(shell, options)
        secret = getpass.getpass(
            _("Secret of the app that wrote it (nothing shows; Enter: none): ")
        )
        return replace(options, secret=as_bytes(secret)) if secret else None

    return ask


def _zone(shell: Shell, options: ReadOptions) -> ReadOptions | None:
    from geowallet.cli.traces.look import with_zone

    prompt = _("Where was the clock? A zone such as Europe/Paris, or 'position' (Enter: skip): ")
    for _try in range(_TRIES):
        zone = shell.answer(prompt)
        if not zone:
            return None
        try:
            return with_zone(options, zone)
        except GeowalletError as error:
            shell.note(told(error)[0])
    return None


def _date_order(shell: Shell, options: ReadOptions) -> ReadOptions | None:
    prompt = _("Is 05/06 the 5th of June (dmy) or May 6th (mdy)? (Enter: skip) ")
    for _try in range(_TRIES):
        order = shell.answer(prompt).lower()
        if not order:
            return None
        if order in {"dmy", "mdy", "ymd"}:
            return replace(options, date_order=order)
    return None
