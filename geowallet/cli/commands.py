"""Every noun and everyday verb, in the order in which help shows them.

Only the module of what was typed is imported: starting the program with all of
them would cost more than most commands. The table repeats what each module says
of itself, so that the help of the program needs none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from geowallet.cli.terminal.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a noun or an everyday verb comes from.

    Attributes:
        module: Below ``geowallet.cli``: a verb's ``add_to``, or a noun's ``app``.
        help_text: As the module says it.
        joined: Modules whose verbs join the noun.
        below: Nouns below the noun, name to module.
    """

    module: str
    help_text: str
    joined: tuple[str, ...] = ()
    below: tuple[tuple[str, str], ...] = ()


TABLE: Mapping[str, Entry] = {
    "demo": Entry("demo", _("The whole story on sample traces, in a throw-away wallet.")),
    "init": Entry("wallet.wallet", _("Create your wallet: one encrypted file.")),
    "unlock": Entry("wallet.wallet", _("Open the wallet for a while.")),
    "lock": Entry("wallet.wallet", _("Close the wallet now.")),
    "inspect": Entry(
        "traces.look", _("Say what is in files; no wallet needed, nothing is stored.")
    ),
    "analyse": Entry(
        "traces.look", _("Stops, legs and modes of files; no wallet needed, nothing is stored.")
    ),
    "ingest": Entry("traces.ingest", _("Read traces into the wallet.")),
    "export": Entry(
        "sharing.export",
        _("Sign and seal what a contract names, for its one reader."),
        joined=("sharing.export_list", "sharing.export_audit"),
    ),
    "verify": Entry(
        "sharing.verify", _("Check an export or a receipt that you received; no wallet needed.")
    ),
    "doctor": Entry("wallet.doctor", _("Check wallet, sandbox, session and formats.")),
    "trip": Entry(
        "travel.trip",
        _("Your trips: look at them, one by one or by period."),
        joined=(
            "travel.label",
            "travel.reason",
            "travel.reshape",
            "travel.recompute",
            "travel.own",
        ),
        below=(("rule", "travel.trip_rule"),),
    ),
    "place": Entry("travel.place", _("Places where you stay: see them, name them.")),
    "vehicle": Entry(
        "travel.vehicle", _("Your cars, motorcycles and bikes."), joined=("travel.vehicle_change",)
    ),
    "model": Entry("travel.model", _("Models that tell by what you travelled.")),
    "work": Entry(
        "travel.work",
        _("When you work: hours, time zone, public holidays, leave."),
        below=(("calendar", "travel.calendar"),),
    ),
    "report": Entry(
        "reports.commands", _("Your figures by the book, to read, print and hand over.")
    ),
    "contract": Entry(
        "sharing.contract",
        _("Contracts: read an offer, see exactly what would leave, accept it."),
        joined=(
            "sharing.contract_preview",
            "sharing.contract_accept",
            "sharing.contract_life",
            "sharing.contract_simulate",
        ),
        below=(("recipient", "sharing.contract_recipient"), ("module", "sharing.contract_module")),
    ),
    "key": Entry("wallet.key", _("The ways into your wallet."), joined=("wallet.key_slots",)),
    "evidence": Entry(
        "evidence.evidence",
        _("The evidence log: what happened to your data, and the way back from a figure."),
        joined=(
            "evidence.evidence_stamp",
            "evidence.evidence_witness",
            "evidence.evidence_timeline",
            "evidence.evidence_replays",
            "evidence.evidence_flags",
        ),
        below=(
            ("authority", "evidence.evidence_authority"),
            ("device", "evidence.evidence_device"),
        ),
    ),
    "vault": Entry(
        "wallet.vault",
        _("The wallet's file."),
        joined=("wallet.vault_erase", "wallet.vault_copies", "wallet.vault_merge"),
        below=(("keep", "wallet.vault_keep"), ("memory", "wallet.vault_memory")),
    ),
    "desk": Entry(
        "desk.desk",
        _("For recipients: keys, offers, and what came back."),
        joined=(
            "desk.desk_inbox",
            "desk.desk_list",
            "desk.desk_keys",
            "desk.desk_audit",
            "desk.desk_odometer",
        ),
        below=(("anchor", "desk.desk_anchor"), ("audit", "desk.desk_audit")),
    ),
    "witness": Entry(
        "evidence.witness",
        _("For witnesses: sign that a log only grew. It shows you hashes, and no data."),
    ),
    "rule": Entry("rules.rule", _("Allowances by the book: dated tables with their sources.")),
    "connector": Entry("traces.connector", _("Formats that can be read.")),
}
"""What can be typed first."""


class Root(TyperGroup):
    """The program: it knows all names and loads the one that is typed."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, entry in TABLE.items():
            self.add_command(TyperCommand(name, help=entry.help_text, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return name, command and the words that are left, with the command loaded."""
        if args[0] in TABLE:
            self.add_command(load(args[0]), args[0])
        return super().resolve_command(ctx, args)


@cache
def load(name: str) -> Any:
    """Return the command of ``name``, one of `TABLE`; its module is imported now."""
    entry = TABLE[name]
    module = _module(entry.module)
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)
    holder.callback()(_nothing)
    if hasattr(module, "app"):
        for joined in entry.joined:
            _module(joined).add_to(module.app)
        for noun, below in entry.below:
            module.app.add_typer(_module(below).app, name=noun)
        holder.add_typer(module.app, name=name)
    else:
        module.add_to(holder)
    return typer.main.get_command(holder).commands[name]  # type: ignore[attr-defined]  # a group


def _module(name: str) -> Any:
    return import_module(f"geowallet.cli.{name}")


def _nothing() -> None:
    """Stand for the options of a group that has none."""
