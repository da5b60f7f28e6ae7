"""``trip rule``: standing words on many trips at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _, plural, word
from geowallet.cli.terminal.numbers import km
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.cli.travel.trip import check_word
from geowallet.model.calendar import WEEKDAYS, Period
from geowallet.model.errors import BadOptionError
from geowallet.model.mobility import Mode, PlaceKind, Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.app.travel.trip_rules import TripRule
    from geowallet.model.mobility import DescribedTrip
    from geowallet.vault.store import Vault

app = group(_("Your standing words: what all trips of a kind are."))

_MATTERS = ("mode", "purpose", "tag", "vehicle")


def add(
    shell: Shell,
    *,
    said: Annotated[
        list[str],
        typer.Option(
            "--set", help=_("mode=..., purpose=..., tag=... or vehicle=...; may be repeated.")
        ),
    ],
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(help=_("Two places, by name or kind, either way round.")),
    ] = None,
    weekday: Annotated[
        list[str] | None, typer.Option(help=_("Such as tue or mon-fri; may be repeated."))
    ] = None,
    mode: Annotated[str, typer.Option(help=_("Only trips of this mode."))] = "",
    period: Annotated[str, typer.Option(help=_("Only days of it, such as 2026-10."))] = "",
) -> None:
    """Show what a rule would change, ask, and store it."""
    from geowallet.app.travel import trip_rules, trips
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        rule = _rule(vault, said, between or (), weekday or [], mode, period, now_us())
        fitting = [t for t in trips.described_trips(vault, rules=()) if rule.fits(t)]
        before = {t.trip.id: t for t in trips.described_trips(vault)}
        trial = (*trip_rules.trip_rules(vault), rule)
        changed = [t for t in trips.described_trips(vault, rules=trial) if t != before[t.trip.id]]
        if changed:
            _preview(shell, fitting, changed, before)
        else:
            _say_nothing_changes(shell, fitting, _unnamed(vault, rule))
        shell.confirm(_("Add the rule?"))
        trip_rules.add_rule(vault, rule)
    shell.say(_("Rule {id}: {what}", id=rule.id, what=text(rule)))
    shell.emit(_record(rule) | {"fits": len(fitting), "changes": len(changed)})
    shell.next("geowallet trip list")


def list_(shell: Shell) -> None:
    """Show the rules, in the order in which they are applied."""
    from geowallet.app.travel import trip_rules, trips

    with open_wallet(shell) as vault:
        rules = trip_rules.trip_rules(vault)
        seen = trips.described_trips(vault, rules=())
    counts = [sum(rule.fits(trip) for trip in seen) for rule in rules]
    for rule, count in zip(rules, counts, strict=True):
        shell.emit(_record(rule) | {"fits": count})
    if not rules:
        shell.say(_("No rules. A rule says what all trips of a kind are."))
        shell.next("geowallet trip rule add --between home work --weekday tue --set tag=carpool")
        return
    columns = [Column(_("ID")), Column(_("RULE")), Column(_("TRIPS"), numeric=True)]
    rows = [[r.id, text(r), str(n)] for r, n in zip(rules, counts, strict=True)]
    shell.table(columns, rows)
    if len(rules) > 1:
        shell.say(
            _("Of several that fit, the last one wins; a word on a single trip wins over all.")
        )


def remove(
    shell: Shell, rule: Annotated[str, typer.Argument(help=_("Its id, from 'trip rule list'."))]
) -> None:
    """Forget a rule; the guesses stand again."""
    from geowallet.app.travel import trip_rules
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        gone = trip_rules.remove_rule(vault, rule, now_us=now_us())
    shell.say(_("Rule {id} is forgotten: {what}", id=gone.id, what=text(gone)))
    shell.emit(_record(gone))


verb(
    app,
    "add",
    _("Say what all trips of a kind are; shows first what it would change."),
    example="geowallet trip rule add --between home work --weekday tue --set tag=carpool",
)(add)
verb(app, "list", _("List your rules."))(list_)
verb(app, "remove", _("Forget a rule."))(remove)


def text(rule: TripRule) -> str:
    """Return a rule in words."""
    parts = []
    if rule.between:
        first, second = (word(end) for end in rule.between)
        parts.append(_("between {first} and {second}", first=first, second=second))
    if rule.weekdays:
        parts.append(", ".join(_days()[day] for day in rule.weekdays))
    if rule.mode:
        parts.append(_("guessed {mode}", mode=word(rule.mode)))
    if rule.period:
        parts.append(rule.period)
    said = [word(value) for value in (rule.set_mode, rule.set_purpose) if value]
    said += [name for name in (rule.set_tag, rule.set_vehicle) if name]
    what = ", ".join(parts) or _("every trip")
    return _("{which}: {what}", which=what, what=", ".join(said))


def _rule(  # noqa: PLR0917  one for each option
    vault: Vault,
    said: Sequence[str],
    between: Sequence[str],
    weekdays: Sequence[str],
    mode: str,
    period: str,
    now_us: int,
) -> TripRule:
    """Return the rule that the options describe."""
    from geowallet.app import settings
    from geowallet.app.travel import trip_rules

    check_word("--mode", mode, list(Mode))
    matters = [_matter(one) for one in said]
    values = dict(matters)
    if len(values) < len(matters):
        raise BadOptionError(option="--set", reason=_("each of them once"))
    if values.get("tag"):
        settings.check_name(values["tag"])
    if vehicle := values.get("vehicle", ""):
        vehicle = settings.resolve("vehicle", vehicle, [v.id for v in settings.vehicles(vault)])
    try:
        days = trip_rules.weekdays_of(weekdays)
    except ValueError as error:
        raise BadOptionError(option="--weekday", reason=", ".join(WEEKDAYS)) from error
    return trip_rules.TripRule(
        between=tuple(_place(vault, name) for name in between),
        weekdays=days,
        mode=Mode(mode) if mode else None,
        period=str(Period.parse(period)) if period else "",
        set_mode=Mode(values["mode"]) if "mode" in values else None,
        set_purpose=Purpose(values["purpose"]) if "purpose" in values else None,
        set_tag=values.get("tag", ""),
        said_us=now_us,
        set_vehicle=vehicle,
    )


def _matter(text: str) -> tuple[str, str]:
    matter, _sign, value = text.partition("=")
    check_word("--set", matter or "?", _MATTERS)
    known: dict[str, Sequence[str]] = {
        "mode": [m for m in Mode if m is not Mode.UNKNOWN],
        "purpose": list(Purpose),
    }
    if matter in known:
        check_word("--set", value or "?", known[matter])
    if not value:
        raise BadOptionError(
            option="--set", reason=_("mode=..., purpose=..., tag=... or vehicle=...")
        )
    return matter, value


def _place(vault: Vault, name: str) -> str:
    """Return a place as rules know it: its kind, or the name that the owner gave it."""
    from geowallet.app import settings

    said = name.casefold()
    names = {place.name.casefold(): place.name for place in settings.named_places(vault)}
    kinds = {word(kind).casefold(): str(kind) for kind in PlaceKind}
    known = {kind: str(kind) for kind in PlaceKind} | kinds | names
    if said not in known:
        raise BadOptionError(option="--between", reason=", ".join(sorted({*known.values()})))
    return known[said]


def _unnamed(vault: Vault, rule: TripRule) -> list[str]:
    """Return the ends of a rule that no place of the wallet is."""
    from geowallet.app import settings

    known = {said for place in settings.named_places(vault) for said in (place.name, place.kind)}
    return [end for end in rule.between if end not in known]


def _say_nothing_changes(
    shell: Shell, fitting: Sequence[DescribedTrip], unnamed: Sequence[str]
) -> None:
    if fitting:
        shell.say(
            plural(
                "{count} trip fits and stays as it is: so already, or by your own word.",
                "{count} trips fit and stay as they are: so already, or by your own word.",
                len(fitting),
            )
        )
        return
    shell.say(_("No trip fits yet; the rule waits for those that come."))
    for end in unnamed:
        shell.say(_("No place is {name} yet: geowallet place list", name=word(end)))


def _preview(
    shell: Shell,
    fitting: Sequence[DescribedTrip],
    changed: Sequence[DescribedTrip],
    before: dict[str, DescribedTrip],
) -> None:
    distance_m = sum(trip.trip.distance_m for trip in changed)
    shell.say(
        plural(
            "{count} trip fits, {changed} would change ({km}):",
            "{count} trips fit, {changed} would change ({km}):",
            len(fitting),
            changed=len(changed),
            km=km(distance_m),
        )
    )
    moves: dict[str, tuple[int, float]] = {}
    for trip in changed:
        was, now = _said_of(before[trip.trip.id]), _said_of(trip)
        text = _("{before} -> {after}", before=was, after=now)
        number, metres = moves.get(text, (0, 0.0))
        moves[text] = number + 1, metres + trip.trip.distance_m
    rows = [[text, str(number), km(metres)] for text, (number, metres) in sorted(moves.items())]
    shell.table(
        [Column(_("WHAT")), Column(_("TRIPS"), numeric=True), Column(_("KM"), numeric=True)],
        rows,
        indent=2,
    )


def _said_of(trip: DescribedTrip) -> str:
    named = [trip.vehicle] if trip.vehicle else []
    named += [f"({_('by you')})"] if trip.by_owner else []
    return " ".join([word(trip.trip.main_leg.mode), word(trip.purpose), *trip.tags, *named])


def _days() -> tuple[str, ...]:
    return _("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")


def _record(rule: TripRule) -> dict[str, Any]:
    said = {
        "mode": rule.set_mode,
        "purpose": rule.set_purpose,
        "tag": rule.set_tag,
        "vehicle": rule.set_vehicle,
    }
    return {
        "rule": rule.id,
        "between": list(rule.between) or None,
        "weekdays": [WEEKDAYS[day] for day in rule.weekdays],
        "mode": str(rule.mode) if rule.mode else None,
        "period": rule.period or None,
        "set": {matter: str(value) for matter, value in said.items() if value},
    }
