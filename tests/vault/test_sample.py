from __future__ import annotations

import random

import pytest

from geowallet.vault.check import Trouble, check_vault
from geowallet.vault.sample import sample_of
from geowallet.vault.store import Vault
from tests.vault.conftest import statement

IDS = [random.Random(n).randbytes(16) for n in range(5_000)]  # noqa: S311  row ids of a test


def seen(percent: int, days: range | list[int]) -> float:
    """Return the share of `IDS` that a check on ``days`` looks into."""
    looks = [sample_of(percent, day) for day in days]
    return sum(any(look(one) for look in looks) for one in IDS) / len(IDS)


class TestRule:
    """Promise: "1 % a day looks into every record in 100 days"."""

    def test_a_day_has_its_share(self) -> None:
        assert seen(1, [20_000]) == pytest.approx(0.01, abs=0.005)
        assert seen(50, [20_000]) == pytest.approx(0.5, abs=0.03)
        assert seen(100, [7]) == 1.0

    @pytest.mark.parametrize(("percent", "days"), [(1, 100), (10, 10), (30, 4), (33, 4), (50, 2)])
    def test_days_in_a_row_leave_nothing_out(self, percent: int, days: int) -> None:
        assert seen(percent, range(20_000, 20_000 + days)) == 1.0

    def test_no_record_is_seen_on_two_neighbouring_days(self) -> None:
        for one in IDS[:500]:
            assert sum(sample_of(1, day)(one) for day in range(20_000, 20_100)) == 1

    def test_whoever_skips_half_of_the_days_sees_nearly_all_in_a_year(self) -> None:
        """365 days are 3.65 circles: 1 - 0.5 ** 3.65 is 0.92."""
        chosen = random.Random(1)  # noqa: S311
        days = [day for day in range(20_000, 20_365) if chosen.random() < 0.5]
        assert seen(1, days) == pytest.approx(0.92, abs=0.03)

    @pytest.mark.parametrize("percent", [0, -1, 101])
    def test_another_percentage_is_refused(self, percent: int) -> None:
        with pytest.raises(ValueError, match="percentage"):
            sample_of(percent, 0)

    def test_what_is_no_id_is_always_looked_into(self) -> None:
        assert all(sample_of(1, day)(None) for day in range(50))


class TestPart:
    """Promise: "of all other records only whether they are there in the right version"."""

    @staticmethod
    def none(_: object) -> bool:
        return False

    def test_a_whole_wallet(self, vault: Vault) -> None:
        report = check_vault(vault, self.none)
        assert (report.records, report.opened, report.problems) == (2, 0, ())

    @pytest.mark.parametrize(
        ("change", "troubles"),
        [
            ("UPDATE record SET version = 1", [Trouble.REPLACED] * 2),
            ("DELETE FROM record_key", [Trouble.REPLACED] * 2),
            ("DELETE FROM record", [Trouble.MISSING] * 2 + [Trouble.STRAY_KEY] * 2),
            ("INSERT INTO record VALUES (x'00', x'00', 1, x'00')", [Trouble.STRAY]),
        ],
    )
    def test_what_is_seen_without_looking_into(
        self, vault: Vault, change: str, troubles: list[Trouble]
    ) -> None:
        vault._db.execute(change)
        report = check_vault(vault, self.none)
        assert sorted(one.trouble for one in report.damages) == sorted(troubles)
        assert report.problems

    def test_what_is_inside_is_seen_on_its_day(self, vault: Vault) -> None:
        vault._db.execute("UPDATE record SET sealed = x'00'")
        assert check_vault(vault, self.none).problems == ()
        assert len(check_vault(vault, lambda _: True).damages) == 2


class TestDamages:
    """Promise: "The rows among them"."""

    @pytest.mark.parametrize(
        ("change", "trouble"),
        [
            ("UPDATE record SET sealed = x'00'", Trouble.UNREADABLE),
            ("UPDATE record SET kind = x'00'", Trouble.UNREADABLE),
            ("DELETE FROM record_key", Trouble.UNREADABLE),
            ("DELETE FROM record; ", Trouble.MISSING),
        ],
    )
    def test_each_row_is_named_by_where_it_lies(
        self, vault: Vault, change: str, trouble: Trouble
    ) -> None:
        vault._db.execute(change)
        found = {one.row_id for one in check_vault(vault).damages if one.trouble is trouble}
        assert found == {vault.row_id("place", "home"), vault.row_id("fixes", "b")}

    def test_where_the_log_cannot_be_read_rows_are_still_opened(self, vault: Vault) -> None:
        vault._db.execute("UPDATE log SET sealed = x'00' WHERE position = 1")
        vault._db.execute("UPDATE record SET sealed = x'00' WHERE version = 2 AND kind = kind")
        report = check_vault(vault)
        assert {one.trouble for one in report.damages} == {Trouble.UNREADABLE}
        assert check_vault(vault, TestPart.none).damages == ()


def test_readable_items_leave_the_damaged_out(vault: Vault) -> None:
    with vault.transaction(now_us=1) as tx:
        tx.put("place", "work", b"office")
        tx.log(statement())
    row_id = vault.row_id("place", "home")
    vault._db.execute("UPDATE record SET sealed = x'00' WHERE id = ?", (row_id,))
    assert list(vault.readable_items("place")) == [("work", b"office")]
    with pytest.raises(ValueError, match="kind"):
        list(vault.readable_items("nothing"))


class TestGivingUp:
    """Promise: "note that nothing is there, even if nothing was"."""

    @pytest.mark.parametrize("how", ["UPDATE record SET sealed = x'00'", "DELETE FROM record"])
    def test_a_row_that_is_given_up_is_no_problem_any_more(self, vault: Vault, how: str) -> None:
        vault._db.execute(how)
        with vault.transaction(now_us=1) as tx:
            for damage in all_rows(vault):
                tx.give_up_row(damage)
            tx.log(statement())
        report = check_vault(vault)
        assert (report.records, report.problems) == (0, ())


def all_rows(vault: Vault) -> list[bytes]:
    return [vault.row_id("place", "home"), vault.row_id("fixes", "b")]
