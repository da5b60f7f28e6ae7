"""``verify`` of a receipt: who signed that something was erased, or that a consent was given."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _, language, plural
from geowallet.cli.terminal.numbers import count, day

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.cli.terminal.shell import Shell
    from geowallet.contracts.life.grant import Contract
    from geowallet.contracts.life.signed_receipt import SignedReceipt


def verify_receipt(shell: Shell, file: Path, contract: Contract | None) -> bool:
    """Show a receipt if the file is one; say whether it was.

    Raises:
        GeowalletError: It is a receipt, and it does not hold.
    """
    from geowallet.app.sharing.attesting import check_receipt, receipt_in
    from geowallet.cli.wallet.key_words import key_words
    from geowallet.crypto.fingerprint import fingerprint

    data = receipt_in(file)
    if data is None:
        return False
    found = check_receipt(data, contract)
    key = fingerprint(found.key)
    shell.emit({"receipt": found.kind, "key": key, "accepted": True, "says": found.said})
    rows = [(_("RECEIPT"), _("unchanged, signed with the key {key}", key=key))]
    rows.append(("", " ".join(key_words(found.key, language))))
    if contract is not None:
        holder = contract.grant.holder.name
        rows.append(("", _("the key of {holder} in this contract", holder=holder)))
    shell.pairs([*rows, *_facts(found)])
    if contract is None:
        shell.say(_("A receipt brings its own key: compare it with whoever signed it."))
    return True


def _facts(found: SignedReceipt) -> list[tuple[str, str]]:
    """Return what a receipt says, in a line or two; what is not of its shape is left out."""
    erased = found.kind == "erasure"
    lines = _erasure(found.said) if erased else _consent(found.said)
    label = _("ERASED") if erased else _("CONSENT")
    return [(label if not at else "", line) for at, line in enumerate(lines)]


def _erasure(said: dict[str, Any]) -> list[str]:
    positions, at_us = said.get("positions"), said.get("at_us")
    lines = []
    if type(positions) is int and type(at_us) is int:
        date = dt.datetime.fromtimestamp(at_us // 1_000_000, tz=dt.UTC).date()
        lines.append(
            plural(
                "{positions} position, on {date}",
                "{positions} positions, on {date}",
                positions,
                positions=count(positions),
                date=day(date),
            )
        )
    if said.get("confirmed") is True:
        lines.append(_("confirmed in the wallet and in every copy that it knew"))
    else:
        lines.append(_("NOT confirmed in every copy that the wallet knew"))
    return lines


def _consent(said: dict[str, Any]) -> list[str]:
    words = {"given": _("given on {date}"), "withdrawn": _("withdrawn on {date}")}
    events = said.get("record", {}).get("consent_events")
    return [
        words[one["event_state"]].format(date=day(dt.date.fromisoformat(one["event_time"])))
        for one in (events if isinstance(events, list) else [])
        if isinstance(one, dict) and _is_event(one, words)
    ]


def _is_event(one: dict[str, Any], words: dict[str, str]) -> bool:
    try:
        dt.date.fromisoformat(one["event_time"])
    except (KeyError, TypeError, ValueError):
        return False
    state = one.get("event_state")
    return isinstance(state, str) and state in words
