"""``vault merge``: take in another copy of the wallet, after saying all that it would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _, plural, say, word
from geowallet.cli.terminal.numbers import count, enumeration, moment
from geowallet.cli.terminal.secrets import asker, locations, open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.cli.wallet.vault_copies import relation_words, show_sides
from geowallet.model.errors import BadOptionError, MergeChoiceError, MergeDisputedError

if TYPE_CHECKING:
    from geowallet.app.keeping.disclosed import Disclosed
    from geowallet.app.keeping.disputes import Dispute
    from geowallet.app.keeping.matters import Matter
    from geowallet.app.keeping.merge_plan import Plan, Prefer
    from geowallet.app.travel.derive import Derived

_SHOWN = 20
_ALL = "all"


def add_to(app: typer.Typer) -> None:
    """Register the verb."""
    verb(
        app,
        "merge",
        _("Take in another copy of this wallet that went on by itself."),
        example="geowallet vault merge /media/stick/wallet.gwv --take all --dry-run",
    )(merge)


def merge(
    shell: Shell,
    *,
    other: Annotated[Path, typer.Argument(help=_("The other copy's file; it is not changed."))],
    take: Annotated[
        str,
        typer.Option(
            "--take",
            help=_("all, or some of: sources,corrections,places,vehicles,settings."),
            metavar="MATTERS",
        ),
    ] = "",
    ours: Annotated[
        bool, typer.Option("--ours", help=_("Where both said something, this wallet counts."))
    ] = False,
    theirs: Annotated[
        bool, typer.Option("--theirs", help=_("Where both said something, the other copy counts."))
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say what would be done, and change nothing."))
    ] = False,
) -> None:
    """Show where two copies parted and what each has since, and take over what is asked for."""
    from geowallet.app.keeping import merge_plan, merging
    from geowallet.app.keeping.comparing import Relation, opened_other
    from geowallet.app.keeping.disputes import dispute_of
    from geowallet.app.keeping.matters import ALL
    from geowallet.app.wallet import now_us
    from geowallet.vault.slots import read_vault_id

    matters, prefer = _matters(take), _prefer(ours=ours, theirs=theirs)
    ask_other = asker(shell, _("Passphrase of the other copy: "))
    with (
        opened_other(read_vault_id(locations(shell).wallet), other.absolute(), ask_other) as copy,
        open_wallet(shell, keep=False, beside=copy.vault) as vault,
    ):
        planned = merge_plan.plan(vault, copy, take=matters or ALL, prefer=prefer)
        found = [dispute_of(vault, word) for word in planned.disputed]
        _show(shell, planned, found, asked=bool(matters))
        if dry_run or not planned.changes:
            shell.say(_("Nothing was changed."))
            shell.emit(_record(planned, None))
            if not dry_run:
                merging.merge(vault, copy, planned, now_us=now_us())
                _refuse_open(planned)
            return
        if planned.comparison.relation is Relation.FORKED and not matters:
            raise MergeChoiceError
        shell.confirm(_("Take it over?"))
        done = merging.merge(vault, copy, planned, now_us=now_us())
    _say_done(shell, planned, done)
    shell.emit(_record(planned, done))
    _refuse_open(planned)


def _matters(take: str) -> frozenset[Matter]:
    from geowallet.app.keeping.matters import ALL, Matter

    if take == _ALL:
        return ALL
    words = [word.strip() for word in take.split(",") if word.strip()]
    unknown = [word for word in words if word not in ALL]
    if unknown or (take and not words):
        raise BadOptionError(option="--take", reason=", ".join((_ALL, *Matter)))
    return frozenset(Matter(word) for word in words)


def _prefer(*, ours: bool, theirs: bool) -> Prefer | None:
    from geowallet.app.keeping.merge_plan import Prefer

    if ours and theirs:
        raise BadOptionError(option="--ours", reason=_("not together with --theirs"))
    if ours:
        return Prefer.OURS
    return Prefer.THEIRS if theirs else None


def _refuse_open(planned: Plan) -> None:
    if planned.open:
        raise MergeDisputedError(count=len(planned.open))


def _show(shell: Shell, planned: Plan, found: list[Dispute], *, asked: bool) -> None:
    from geowallet.app.keeping.comparing import Relation

    relation = planned.comparison.relation
    shell.say(relation_words()[relation])
    show_sides(shell, planned.comparison)
    if relation is Relation.NEWER:
        shell.say(_("It takes this wallet's place: its records, its log, and what opens it today."))
    if relation is not Relation.FORKED:
        return
    if not planned.changes and not planned.disputed:
        shell.say(_("It was merged already, and has nothing new."))
        return
    _show_kinds(shell, planned)
    _show_matters(shell, planned, asked=asked)
    _show_disputes(shell, planned, found)
    _show_disclosed(shell, planned.disclosed)
    if planned.taken_in_there:
        shell.say(_("It took this wallet in: its file can stand in this one's place."))
    if planned.other_rules:
        shell.say(
            _(
                "Its rules of retention are others, and are not taken over: {command}",
                command="geowallet vault keep list",
            )
        )
    if planned.left_trips:
        shell.say(
            plural(
                "{count} trip stays in the other copy: a rule erased its positions there.",
                "{count} trips stay in the other copy: a rule erased their positions there.",
                planned.left_trips,
            )
        )


def _show_kinds(shell: Shell, planned: Plan) -> None:
    """Show how many entries of each kind each log has since they parted."""
    from geowallet.cli.evidence.evidence import kinds

    sides = (planned.comparison.here.own, planned.comparison.there.own)
    numbers = [[str(leaf.statement.kind) for leaf in own] for own in sides]
    rows = [
        [text, *(count(side.count(kind)) for side in numbers)]
        for kind, text in kinds().items()
        if any(kind in side for side in numbers)
    ]
    shell.say()
    columns = [Column(_("SINCE THEN")), Column(_("THIS WALLET"), numeric=True)]
    shell.table([*columns, Column(_("THE OTHER COPY"), numeric=True)], rows)


def _show_matters(shell: Shell, planned: Plan, *, asked: bool) -> None:
    rows = [
        [
            str(matter),
            _meaning(matter),
            count(new),
            count(sum(word.matter is matter for word in planned.disputed)),
            *([_("yes") if matter in planned.take else _("no")] if asked else []),
        ]
        for matter, new in planned.only_there.items()
    ]
    columns = [Column(_("MATTER")), Column(_("WHAT")), Column(_("ONLY THERE"), numeric=True)]
    columns += [Column(_("ON BOTH SIDES"), numeric=True)]
    columns += [Column(_("TAKEN OVER"))] if asked else []
    shell.say()
    shell.table(columns, rows)


def _meaning(matter: Matter) -> str:
    """Return what a word that --take knows stands for."""
    return {
        "sources": _("files read, and what devices signed"),
        "corrections": _("corrections of trips, splits, rules"),
        "places": _("names of places"),
        "vehicles": _("vehicles, odometer, fuel"),
        "settings": _("work week, recipients, witnesses, the like"),
    }[matter]


def _show_disputes(shell: Shell, planned: Plan, found: list[Dispute]) -> None:
    if not found:
        return
    shell.say()
    shell.say(_whose(planned))
    rows = [
        [
            say(one.what),
            one.name if one.start_us is None else moment(one.start_us, "UTC"),
            word(one.here),
            word(one.there),
        ]
        for one in found[:_SHOWN]
    ]
    columns = [Column(_("WHAT")), Column(_("WHICH (UTC)")), Column(_("HERE")), Column(_("THERE"))]
    shell.table(columns, rows)
    if len(found) > _SHOWN:
        shell.say(_("({count} more)", count=count(len(found) - _SHOWN)))


def _whose(planned: Plan) -> str:
    from geowallet.app.keeping.merge_plan import Prefer

    words = {
        None: _("Both said something since; what this wallet says stays (--ours or --theirs):"),
        Prefer.OURS: _("Both said something since; this wallet counts:"),
        Prefer.THEIRS: _("Both said something since; the other copy counts:"),
    }
    return words[planned.prefer]


def _show_disclosed(shell: Shell, left: Disclosed) -> None:
    """Say what left by the other copy, and what was promised there and is not promised here."""
    shell.say()
    number = len(left.exports)
    if number:
        names = enumeration([f"{one.contract} {one.period}" for one in left.exports])
        text = plural(
            "The other copy exported figures {count} time ({names}): that counts here.",
            "The other copy exported figures {count} times ({names}): that counts here.",
            number,
            names=names,
        )
        shell.say(text)
    if left.answers:
        text = plural(
            "It answered {count} question of a recipient: what that took of a budget is used.",
            "It answered {count} questions of recipients: what they took of budgets is used.",
            left.answers,
        )
        shell.say(text)
    if left.signs_otherwise:
        shell.say(
            _(
                "The other copy signs exports with another key. Recipients follow one of them: "
                "go on with the file whose key they know, and merge from there."
            )
        )
    if left.withdrawn:
        names = enumeration(left.withdrawn)
        shell.say(_("Contracts ended there are ended here too: {names}", names=names))
    if left.accepted:
        names = enumeration(left.accepted)
        shell.say(
            _("Accepted there and not here; accept the offer here to go on: {names}", names=names)
        )


def _say_done(shell: Shell, planned: Plan, done: Derived) -> None:
    files, words = len(planned.taken_files), len(planned.taken_words)
    if planned.comparison.there.own and planned.comparison.here.own:
        shell.say(
            _(
                "Taken over: {files}, {words}. The log names the other copy's head.",
                files=plural("{count} file", "{count} files", files),
                words=plural("{count} other record", "{count} other records", words),
            )
        )
    else:
        shell.say(_("This wallet is what the other copy is."))
    if done.new or done.changed:
        text = plural("{count} trip is new", "{count} trips are new", done.new)
        gone = plural(
            "{count} is no longer as it was", "{count} are no longer as they were", done.changed
        )
        shell.say(_("{new}, {changed}.", new=text, changed=gone))
    shell.say(_("Go on with this file alone, or merge again: geowallet vault merge"))


def _record(planned: Plan, done: Derived | None) -> dict[str, Any]:
    found, left = planned.comparison, planned.disclosed
    return {
        "relation": found.relation,
        "common": found.common,
        "here": {"root": found.here.root, "entries": len(found.here.own)},
        "there": {"root": found.there.root, "entries": len(found.there.own)},
        "take": sorted(planned.take),
        "only_there": {str(matter): new for matter, new in planned.only_there.items()},
        "files": [one.sha256 for one in planned.taken_files],
        "records": len(planned.taken_words),
        "disputed": len(planned.disputed),
        "open": len(planned.open),
        "exports": [one.id for one in left.exports],
        "answers": left.answers,
        "withdrawn": list(left.withdrawn),
        "accepted": list(left.accepted),
        "signs_otherwise": left.signs_otherwise,
        "trips_left": planned.left_trips,
        "merged": done is not None,
        "new_trips": done.new if done else 0,
    }
