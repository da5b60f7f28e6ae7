from __future__ import annotations

import pytest

from geowallet.cli.travel.trip_legs import with_uncertainty
from geowallet.model.mobility import Leg, Mode

HOUR_US = 3_600_000_000


@pytest.mark.parametrize(
    ("sd_m", "said"), [(9.0, "18.0 km (± 13 m)"), (90.0, "18.0 km (± 0.1)")], ids=["metres", "km"]
)
def test_an_uncertainty_is_never_none_at_all(sd_m: float, said: str) -> None:
    leg = Leg(0, HOUR_US, Mode.CAR, 0.9, (), 9000.0, sd_m, 0.0, 0.0, 99)
    assert with_uncertainty([leg, leg]).replace("\N{NO-BREAK SPACE}", " ") == said
