"""The published schema and the reader, laid beside each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from geowallet.contracts.templates.templates import TEMPLATES
from geowallet.contracts.terms.schema import terms_schema
from geowallet.contracts.terms.syntax import Terms, terms_as_json
from tests.contracts.parties import all_terms
from tests.contracts.schema_mutants import JUDGE, disagreements, full_terms, mutants, refusal
from tests.contracts.templates.test_templates import written

PUBLISHED = Path(__file__).parents[3] / "docs" / "reference" / "terms.schema.json"


def test_the_published_file_is_the_schema_of_this_code() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == terms_schema()


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(terms_schema())


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_fits_the_schema(name: str) -> None:
    JUDGE.validate(terms_as_json(written(name)))


class TestBoth:
    """Promise: what the reader accepts, the schema accepts."""

    @settings(max_examples=60)
    @given(all_terms())
    def test_any_terms_fit_the_schema(self, terms: Terms) -> None:
        assert JUDGE.is_valid(json.loads(json.dumps(terms_as_json(terms))))


def test_the_originals_are_accepted_by_both() -> None:
    for value in full_terms():
        assert refusal(value) == ""
        assert JUDGE.is_valid(value)


def test_mutated_terms_are_judged_alike_or_more_strictly_by_the_reader() -> None:
    """200 of them; 20,000 by command."""
    assert disagreements(200) == []
    assert sum(bool(refusal(value)) for value in mutants(200)) > 100
