"""``evidence stamp``: have an authority say when it saw the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from geowallet.cli.terminal.language import _, told
from geowallet.cli.terminal.numbers import count, enumeration, moment
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import verb

if TYPE_CHECKING:
    from geowallet.app.evidence.stamping import Done


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``evidence``."""
    verb(
        app,
        "stamp",
        _("Have the state of the log time-stamped: one hash goes over the network."),
        example="geowallet evidence stamp --authority tsa",
    )(stamp)


def stamp(
    shell: Shell,
    *,
    authority: Annotated[str, typer.Option(help=_("Only this one; else all that you set."))] = "",
    queue: Annotated[
        bool, typer.Option("--queue", help=_("Note that it is wanted, and send nothing now."))
    ] = False,
) -> None:
    """Ask each authority, or note that they are to be asked."""
    from geowallet.app.evidence import authorities, stamping, stamps
    from geowallet.app.evidence.sending import host_of
    from geowallet.app.travel import trips
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        chosen = authorities.chosen_authorities(vault, authority)
        names = [one.name for one in chosen]
        if queue:
            stamps.want(vault, names, now_us=now_us())
            shell.say(_("Wanted: time stamps of {names}.", names=enumeration(names)))
            shell.say(_("One request covers all that the log holds when it is sent."))
            shell.emit({"wanted": names})
            shell.next("geowallet evidence stamp")
            return
        shell.note(
            _(
                "This goes over the network, to {hosts}. What leaves: the SHA-256 of your log's "
                "name, length and root, and a random number. No position, no date, no name.",
                hosts=enumeration(list(dict.fromkeys(host_of(one.url) for one in chosen))),
            )
        )
        done = stamping.stamp_now(vault, chosen, clock=now_us)
        here = trips.own_zone(vault)
    for one in done:
        _show(shell, one, here)
    failed = [one.error for one in done if one.error is not None]
    for error in failed[1:]:
        shell.note(told(error)[0])
    if failed:
        raise failed[0]


def _show(shell: Shell, done: Done, here: str) -> None:
    shell.emit(
        {
            "authority": done.authority,
            "stamped": done.stamp is not None,
            "entries": done.stamp.size if done.stamp else None,
            "at_s": done.stamp.at_s if done.stamp else None,
            "skew_s": done.skew_s,
            "error": done.error.code if done.error else None,
        }
    )
    if done.error is not None:
        return
    if done.stamp is None:
        shell.say(_("{name}: the log says nothing new since its last stamp.", name=done.authority))
        return
    shell.say(
        _(
            "{name} saw {count} entries on {moment}.",
            name=done.authority,
            count=count(done.stamp.size),
            moment=moment(done.stamp.at_s * 1_000_000, here),
        )
    )
    if done.clock_is_off:
        shell.note(
            _(
                "This computer's clock is {seconds} s off theirs. Nothing is lost; set it.",
                seconds=count(done.skew_s),
            )
        )
