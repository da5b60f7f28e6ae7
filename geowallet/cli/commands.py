"""Every noun and everyday verb, in the order in which help shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geowallet.cli import (
    calendar,
    connector,
    contract,
    demo,
    desk,
    doctor,
    evidence,
    export,
    ingest,
    key,
    label,
    look,
    model,
    own,
    place,
    reason,
    recompute,
    reshape,
    rule,
    trip,
    trip_rule,
    vault,
    vehicle,
    vehicle_change,
    verify,
    wallet,
    work,
)
from geowallet.cli.reports import commands as report

if TYPE_CHECKING:
    import typer


def register(app: typer.Typer) -> None:
    """Add all commands to the program, once."""
    if app.registered_commands:
        return
    for verbs in (demo, wallet, look, ingest, export, verify, doctor):
        verbs.add_to(app)
    label.add_to(trip.app)
    reason.add_to(trip.app)
    vehicle_change.add_to(vehicle.app)
    for words in (reshape, recompute, own):
        words.add_to(trip.app)
    trip.app.add_typer(trip_rule.app, name="rule")
    work.app.add_typer(calendar.app, name="calendar")
    for name, noun in (
        ("trip", trip.app),
        ("place", place.app),
        ("vehicle", vehicle.app),
        ("model", model.app),
        ("work", work.app),
        ("report", report.app),
        ("contract", contract.app),
        ("key", key.app),
        ("evidence", evidence.app),
        ("vault", vault.app),
        ("desk", desk.app),
        ("rule", rule.app),
        ("connector", connector.app),
    ):
        app.add_typer(noun, name=name)
