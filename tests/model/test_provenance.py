from __future__ import annotations

import pytest

from geowallet.model.provenance import STATEMENT_TYPE, Statement, StatementKind


def test_a_statement_survives_the_way_through_json() -> None:
    statement = Statement(StatementKind.IMPORT, ("a" * 64,), ("b" * 64,), {"fixes": 7})
    value = statement.as_json()
    assert value["_type"] == STATEMENT_TYPE
    assert value["subject"] == [{"digest": {"sha256": "a" * 64}}]
    assert Statement.from_json(value) == statement


def test_a_statement_of_another_kind_is_refused() -> None:
    value = Statement(StatementKind.CLEAN, (), (), {}).as_json()
    with pytest.raises(ValueError, match="guess"):
        Statement.from_json(value | {"predicateType": "urn:geowallet:predicate:guess/v1"})
    with pytest.raises(KeyError):
        Statement.from_json({})
