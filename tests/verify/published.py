"""All published cases in one list, each under a name of its own."""

from __future__ import annotations

from collections.abc import Callable

from geowallet.contracts.life.grant import contract_bytes
from tests.proofs.parties import CONTRACT, DESK_SEAL
from tests.verify.cases import Case, case, sealed
from tests.verify.cases_of_papers import PAPERS
from tests.verify.cases_of_templates import OF_TEMPLATES
from tests.verify.cases_of_terms import TERMS_CASES
from tests.verify.forgeries import SEALS, SIGNED
from tests.verify.forgeries_of_headers import HEADERS, SEAL_HEADERS
from tests.verify.forging import Fault


def _inside(fault: Fault) -> Case:
    return _published(fault, lambda: sealed(fault.forge()))


def _outside(fault: Fault) -> Case:
    return _published(fault, lambda: fault.forge().encode())


def _published(fault: Fault, forge: Callable[[], bytes]) -> Case:
    papers = contract_bytes(CONTRACT)
    return Case(fault.name, fault.expect, fault.check, forge, papers, DESK_SEAL)


PUBLISHED: tuple[Case, ...] = (
    case("as it should be", "accepted"),
    *map(_inside, (*SIGNED, *HEADERS)),
    *map(_outside, (*SEALS, *SEAL_HEADERS)),
    *PAPERS,
    *TERMS_CASES,
    *OF_TEMPLATES,
)
