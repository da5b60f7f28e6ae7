from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given, settings

from geowallet.contracts.life.offer import terms_digest
from geowallet.contracts.terms.changes import ALWAYS, Changed, changed_members, reworded
from geowallet.contracts.terms.syntax import Terms, terms_as_json
from tests.contracts.parties import all_terms, commute, mileage

OLD = mileage()
NEW = replace(
    mileage(step_m=100),
    version=2,
    supersedes=terms_digest(OLD),
    select=replace(OLD.select, modes=("car", "bike")),
)


def test_each_member_that_differs_is_named_with_both_values() -> None:
    assert changed_members(OLD, NEW) == (
        Changed("select.modes", ["car"], ["car", "bike"]),
        Changed("measures[0].step", 1_000, 100),
    )


def test_a_member_that_comes_or_goes_has_one_value() -> None:
    windowless = replace(OLD, select=replace(OLD.select, window=None))
    named = {one.member: one for one in changed_members(OLD, windowless)}
    assert named["select.window"].before is None
    assert named["select.window.zone"].after is None


def test_versions_alone_are_no_change() -> None:
    assert changed_members(OLD, replace(OLD, version=2, supersedes="0f" * 32)) == ()
    (who,) = reworded(OLD, replace(OLD, version=2, supersedes="0f" * 32))
    assert str(who.label) == "WHO"


def test_people_read_what_went_and_what_came() -> None:
    said = {
        str(one.label): ([str(line) for line in one.gone], [str(line) for line in one.come])
        for one in reworded(OLD, NEW)
    }
    assert said["WHICH TRIPS"] == ([], ["mode bike"])
    gone, come = said["LEAVES"]
    assert "distances are rounded to 1000 m" in gone
    assert "distances are rounded to 100 m" in come


@settings(max_examples=60)
@given(all_terms())
def test_nothing_is_left_out(terms: Terms) -> None:
    """Promise: terms that read the same, member by member, are the same terms."""
    assume(terms.name)
    same = replace(terms, version=OLD.version, supersedes=OLD.supersedes, issued=OLD.issued)
    differs = {k: v for k, v in terms_as_json(same).items() if k not in ALWAYS} != {
        k: v for k, v in terms_as_json(OLD).items() if k not in ALWAYS
    }
    assert bool(changed_members(OLD, same)) == differs
    assert bool(changed_members(commute(), OLD))
