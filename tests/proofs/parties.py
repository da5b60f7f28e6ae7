"""Two parties with fixed keys, a contract between them, and figures under it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from geowallet.contracts.evaluation.result import Result, check_result
from geowallet.contracts.life.grant import Contract, accept
from geowallet.contracts.life.offer import sign_offer
from geowallet.contracts.terms.measures import Measure
from geowallet.contracts.terms.selection import Selection
from geowallet.contracts.terms.syntax import Recipient, Terms
from geowallet.crypto.notes import Checkpoint, sign_checkpoint
from geowallet.crypto.signing import new_private_jwk, public_jwk
from geowallet.model.calendar import Period
from geowallet.proofs.build import build_export

if TYPE_CHECKING:
    from collections.abc import Callable

NOW_S = 1_793_610_000
"""2026-11-02T05:00:00Z."""

OCTOBER = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
JTI = "e41c77b0" + "5a" * 12
NULLIFIER = "6b" * 32

HOLDER = new_private_jwk("sig", b"h" * 32)
HOLDER_SEAL = new_private_jwk("enc", b"h" * 32)
STRANGER = new_private_jwk("sig", b"s" * 32)
STRANGER_SEAL = new_private_jwk("enc", b"s" * 32)
DESK = new_private_jwk("sig", b"d" * 32)
DESK_SEAL = new_private_jwk("enc", b"d" * 32)

TERMS = Terms(
    name="rhone-mileage",
    recipient=Recipient("Exemple SAS", public_jwk(DESK), public_jwk(DESK_SEAL)),
    purpose="to pay kilometre allowances",
    legal_basis="the employment contract",
    template="none",
    select=Selection(("car", "bike"), ("business",), (), None, whole=False, min_sureness="likely"),
    measures=(Measure("distance_m", 1_000, 20_000_000), Measure("days", 1, 31)),
    group_by=("month", "mode"),
    cadence="month",
    covers=Period(dt.date(2026, 10, 1), dt.date(2027, 12, 31)),
    expires=dt.date(2027, 12, 31),
    min_assurance="L0",
    min_share_percent=0,
    retention_months=36,
    issued=dt.date(2026, 9, 20),
)
COMMUTE = replace(
    TERMS,
    name="light-commute",
    measures=(Measure("days", 1, 31),),
    group_by=(),
    min_share_percent=0,
)


def contract_of(terms: Terms = TERMS, *, holder: dict[str, Any] = HOLDER) -> Contract:
    return accept(
        sign_offer(terms, DESK),
        holder_name="Camille Martin",
        holder_private_jwk=holder,
        holder_sealing_public=public_jwk(HOLDER_SEAL),
        today=dt.date(2026, 9, 25),
    )


CONTRACT = contract_of()


def mileage(period: Period = OCTOBER, terms: Terms = TERMS, *, stamped_m: int = 0) -> Result:
    """412 km on 9 days: 400 km by car on 8, 12 km by bike on 2, one day with both."""
    percent = round(stamped_m / 4_120)
    month = period.months()[0]
    raw = {
        "totals": {"distance_m": 412_000, "days": 9},
        "groups": [
            {
                "key": {"month": month, "mode": "car"},
                "values": {"distance_m": 400_000, "days": 8},
            },
            {
                "key": {"month": month, "mode": "bike"},
                "values": {"distance_m": 12_000, "days": 2},
            },
        ],
        "share_m": {"L0": 412_000 - stamped_m, "L1": stamped_m, "L2": 0, "L3": 0},
        "share_percent": {"L0": 100 - percent, "L1": percent, "L2": 0, "L3": 0},
    }
    return check_result(terms, period, raw)


def commute_days() -> Result:
    raw = {
        "totals": {"days": 9},
        "groups": [],
        "share_m": {},
        "share_percent": {"L0": 100, "L1": 0, "L2": 0, "L3": 0},
    }
    return check_result(COMMUTE, OCTOBER, raw)


def fixed_salts() -> Callable[[int], bytes]:
    """Salts that are the same in every run: never outside a test."""
    drawn = iter(range(1_000_000))
    return lambda n: sha256(f"salt {next(drawn)}".encode()).digest()[:n]


def note() -> str:
    checkpoint = Checkpoint(f"geowallet/{'4f' * 16}", 42, sha256(b"root").digest())
    return sign_checkpoint(checkpoint, b"l" * 32)


def export_of(
    result: Result | None = None,
    contract: Contract = CONTRACT,
    *,
    now_s: int = NOW_S,
    holder: dict[str, Any] = HOLDER,
    supersedes: str = "",
    further: dict[str, Any] | None = None,
) -> str:
    return build_export(
        replace(result or mileage(), contract_sha256=contract.sha256),
        contract,
        checkpoint=note(),
        now_s=now_s,
        jti=JTI,
        nullifier=NULLIFIER,
        holder_private_jwk=holder,
        salts=fixed_salts(),
        supersedes=supersedes,
        further={**(further or {}), **({"changes_after_close": 2} if supersedes else {})},
    )
