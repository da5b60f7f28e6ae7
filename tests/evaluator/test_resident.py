"""The resident beside its confinement, which would end the test."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from geowallet.evaluator import resident
from geowallet.evaluator.layers import LayerName
from geowallet.evaluator.limits import Limits


class EndedError(Exception):
    """Stands for the end of the process."""


class House(ModuleType):
    """A module that serves, and what was done with it in which order."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.done: list[Any] = []

    def prepare(self, setting: dict[str, Any]) -> None:
        self.done.append(("prepare", setting["folders"], os.environ[resident.ONE_THREAD]))

    def serve(self, read: Callable[[int], bytes], send: Callable[[bytes], None]) -> None:
        send(read(99))


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = House("a_house")
    monkeypatch.setitem(sys.modules, "a_house", house)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(resident, "send", house.done.append)

    def lock_down(_: Limits, __: object) -> dict[str, int]:
        house.done.append("locked")
        return dict.fromkeys(LayerName, 1)

    def end(status: int) -> None:
        house.done.append(status)
        raise EndedError

    monkeypatch.setattr(resident, "lock_down", lock_down)
    monkeypatch.setattr(os, "_exit", end)
    return house


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    rest = bytearray(data)

    def read(descriptor: int, count: int) -> bytes:
        assert descriptor == 0
        part = bytes(rest[:count])
        del rest[:count]
        return part

    monkeypatch.setattr(os, "read", read)


def test_it_prepares_locks_reports_and_then_serves(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, b'{"folders": ["/somewhere"]}\nwhat follows')
    with pytest.raises(EndedError):
        resident.main([*Limits().as_arguments(), "a_house"])
    prepared, locked, report, served, status = house.done
    assert prepared == ("prepare", ["/somewhere"], "1")
    assert (locked, served, status) == ("locked", b"what follows", 0)
    assert b'"seccomp":1' in report
    assert sys.path[-1] == "/somewhere"
    assert resident.ONE_THREAD not in os.environ


def test_it_does_not_serve_where_a_layer_is_missing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, b'{"folders": []}\nwhat follows')
    monkeypatch.setattr(resident, "lock_down", lambda *_: {"limits": 1})
    with pytest.raises(EndedError):
        resident.main([*Limits().as_arguments(), "a_house"])
    assert house.done[-1] == 2
    assert b"what follows" not in house.done


@pytest.mark.parametrize("data", [b"", b"no end", b"x" * (resident.MAX_SETTING_BYTES + 2) + b"\n"])
def test_without_a_setting_there_is_nothing_to_do(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(monkeypatch, data)
    with pytest.raises(ValueError, match="no line"):
        resident.setting_line()
