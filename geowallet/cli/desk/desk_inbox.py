"""``desk open``, ``inbox`` and ``receipt``: what comes back to a recipient."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.desk.desk_list import open_desk, short, state_of, worth_of
from geowallet.cli.sharing.verify import refused, show_verified
from geowallet.cli.terminal.language import _, language, told
from geowallet.cli.terminal.numbers import count, day
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.traces.look import UNREADABLE

if TYPE_CHECKING:
    from geowallet.app.desk.inbox import Taken


def add_to(app: typer.Typer) -> None:
    """Register the verbs with the noun ``desk``."""
    verb(app, "open", _("Take in one file that came back."), desk=True)(open_)
    verb(
        app,
        "inbox",
        _("Take in a folder of whatever came back."),
        example="geowallet desk inbox ~/Downloads",
        desk=True,
    )(inbox)
    verb(
        app,
        "receipt",
        _("Sign for an owner that an export was received, or deleted."),
        example="geowallet desk receipt e41c-77b0",
        desk=True,
    )(receipt)


def open_(
    shell: Shell,
    file: Annotated[Path, typer.Argument(help=_("A file that you received."))],
) -> None:
    """File a contract, a no, an end or a change of keys, or verify an export and record it."""
    from geowallet.app.desk.inbox import Came, take_file
    from geowallet.app.desk.verification import record, verify_file

    desk = open_desk(shell)
    if _is_export(file):
        verified = verify_file(file, desk, now_s=int(time.time()))
        show_verified(shell, verified, every_check=False)
        refused(verified.verdict)
        judged = record(desk, verified, today=_today())
        shell.say(_("Recorded."))
        if judged is not None and (worth := worth_of(judged)):
            shell.say(worth)
        return
    taken = take_file(desk, file, now_s=int(time.time()), today=_today())
    if taken.error is not None:
        raise taken.error
    shell.emit(_record(taken))
    if taken.came is Came.CONTRACT:
        shell.say(
            _("Filed: contract {name} with {holder}.", name=taken.contract, holder=taken.holder)
        )
        shell.say(_("Their key {key}: compare it with them.", key=taken.key))
    elif taken.came is Came.DECLINE:
        shell.say(_("Filed: {name} was declined.", name=taken.contract))
    elif taken.came is Came.ROTATION:
        shell.say(
            _(
                "Filed: {holder} signs {name} with the key {key} from now on; the old key said so.",
                holder=taken.holder,
                name=taken.contract,
                key=taken.key,
            )
        )
    else:
        shell.say(_("Filed: {holder} ended {name}.", name=taken.contract, holder=taken.holder))
    for line in _remarks(taken):
        shell.say(line)


def inbox(
    shell: Shell,
    folder: Annotated[Path, typer.Argument(help=_("The folder; its files stay where they are."))],
) -> None:
    """Take in every file of a folder; one that is refused does not stop the others."""
    from geowallet.app.desk.inbox import take_in

    found = take_in(open_desk(shell), folder, now_s=int(time.time()), today=_today())
    columns = [Column(_("FILE")), Column(_("WHAT")), Column(_("FROM")), Column(_("RESULT"))]
    rows = []
    for taken in found:
        shell.emit(_record(taken))
        rows.append([taken.path.name, _what(taken), taken.holder or taken.key, _result(taken)])
    shell.table(columns, rows)
    for taken in found:
        for line in _remarks(taken):
            shell.say(_("{name}: {value}", name=taken.path.name, value=line))
    bad = sum(taken.error is not None for taken in found)
    again = sum(bool(taken.before) for taken in found)
    shell.say(
        _(
            "{good} taken in, {again} already here, {bad} refused.",
            good=count(len(found) - bad - again),
            again=count(again),
            bad=count(bad),
        )
    )
    if bad:
        raise typer.Exit(UNREADABLE)


def receipt(
    shell: Shell,
    export: Annotated[str, typer.Argument(help=_("Its receipt, as 'desk list' shows it."))],
    *,
    deleted: Annotated[
        bool, typer.Option("--deleted", help=_("Take the figures out of the ledger, and say so."))
    ] = False,
    out: Annotated[Path, typer.Option(help=_("Folder for the signed file."))] = Path(),
) -> None:
    """Write the recipient's signed word, which the owner's wallet takes in."""
    from geowallet.app.desk.desk_answers import acknowledge

    desk = open_desk(shell)
    if deleted:
        shell.note(
            _("Delete your copies of the file first: geowallet cannot reach them, and you sign.")
        )
        shell.confirm(_("Sign that this export is deleted?"))
    act = "deleted" if deleted else "received"
    said, written = acknowledge(desk, export, act=act, today=_today(), target=out)
    shell.emit({"receipt": short(said.jti), "act": said.act, "file": str(written)})
    if deleted:
        shell.say(_("The figures are gone from the ledger; that it came, and its mark, stay."))
    shell.say(_("Wrote {path}: give it to the owner of the figures.", path=str(written)))


def _remarks(taken: Taken) -> list[str]:
    lines = []
    if taken.judged is not None and (worth := worth_of(taken.judged)):
        lines.append(worth)
    if taken.others:
        lines.append(
            _(
                "{holder} has signed with another key before ({keys}): two wallets can claim one "
                "period twice. Ask them.",
                holder=taken.holder,
                keys=", ".join(taken.others),
            )
        )
    if taken.reason:
        lines.append(_('their reason: "{reason}"', reason=taken.reason))
    if taken.next_key:
        lines.append(_("The same key in words: {words}", words=_words(taken.next_key)))
    if taken.unlisted:
        ids = ", ".join(short(jti) for jti in taken.unlisted)
        lines.append(
            _(
                "received before and not in their list: {ids}. Somebody else may have signed it: "
                "ask them by phone.",
                ids=ids,
            )
        )
    if taken.delete:
        ids = ", ".join(short(jti) for jti in taken.delete)
        lines.append(_("they ask you to delete {ids}: 'desk receipt ID --deleted'", ids=ids))
    return lines


def _what(taken: Taken) -> str:
    words = {
        "contract": _("contract"),
        "decline": _("no to an offer"),
        "withdrawal": _("end of a contract"),
        "rotation": _("change of keys"),
        "export": _("export"),
    }
    return " ".join([words[taken.came], taken.contract, taken.period]).strip()


def _result(taken: Taken) -> str:
    if taken.error is not None:
        return _("refused: {text} [{code}]", text=told(taken.error)[0], code=taken.error.code)
    if taken.before:
        return _("already here since {date}", date=day(dt.date.fromisoformat(taken.before)))
    return state_of(taken.judged) if taken.judged else _("filed")


def _record(taken: Taken) -> dict[str, Any]:
    return {
        "file": str(taken.path),
        "came": str(taken.came),
        "contract": taken.contract,
        "holder": taken.holder,
        "key": taken.key,
        "period": taken.period or None,
        "state": str(taken.judged.claim) if taken.judged else None,
        "receipt": short(taken.judged.entry.jti) if taken.judged else None,
        "before": taken.before or None,
        "delete": list(taken.delete),
        "other_keys": list(taken.others),
        "unlisted": [short(jti) for jti in taken.unlisted],
        "error": taken.error.code if taken.error else None,
    }


def _words(key: str) -> str:
    from geowallet.cli.wallet.key_words import key_words

    return " ".join(key_words(key, language))


def _is_export(path: Path) -> bool:
    from geowallet.app.desk.desk import MAX_FILE_BYTES
    from geowallet.app.files import read_small

    return read_small(path, MAX_FILE_BYTES).lstrip()[:1] != b"{"


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()
