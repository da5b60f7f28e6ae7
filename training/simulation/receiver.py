"""What a receiver makes of the true way: errors, lags, freezes, outages and network fixes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter

from training.simulation.chance import Range, around, often, within
from training.simulation.motion import Sky

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES: Mapping[str, tuple[float, Range]] = {
    "pocket": (0.37, (3.0, 12.0)),
    "hand": (0.20, (2.0, 6.0)),
    "logger": (0.22, (1.5, 7.0)),
    "vehicle": (0.08, (0.8, 3.0)),
    "saving": (0.13, (5.0, 20.0)),
}
"""Share, and the error of one axis in metres, under an open sky. Source: Merry and Bettinger,
2019, "Smartphone GPS accuracy study in an urban environment" (7 to 13 m); GPS.gov, GPS accuracy
(4.9 m, open sky); Zandbergen and Barbeau, 2011 (5 to 8.5 m, high-sensitivity receivers)."""
CORRELATION_S: Range = (20, 300)
SMOOTH_S: Range = (2, 25)
"""Errors wander over minutes, and smoothly, because receivers filter. Source: Ranacher et al.,
2016, "Why GPS makes distances bigger than they are" (strongly autocorrelated)."""
BELOW = 8.0
"""How much worse in a shallow tunnel or under a glass roof, where there is a fix at all."""
STREET_FACTOR: Range = (1.2, 4.0)
CANYON_M: Range = (15, 80)
CANYON_EVERY_S: Range = (300, 3000)
CANYON_LASTS_S = 35.0
"""Source: Cui and Ge, 2003, "Autonomous vehicle positioning with GPS in urban canyon
environments"; Modsching et al., 2006, "Field trial on GPS accuracy in a medium size city"
(15 m between houses, bursts to 100 m)."""
COLD_START_S: Range = (8, 60)
"""Source: u-blox M8 data sheet: 26 s cold, 1 s hot, longer in a pocket."""
NETWORK_BLOCK_S = 60
NETWORK_SHARE: Range = (0.05, 0.95)
"""Share of the time in which a saving phone, or one in a bag, has only network fixes outdoors too:
Android "balanced power", iOS "hundred metres"."""
STEPS_M = np.array([5.0, 10.0, 30.0, 50.0, 65.0, 100.0, 165.0, 300.0, 1000.0, 1500.0])
"""Accuracies that iOS reports; 65 m is the usual one of Wi-Fi. Source: Zandbergen, 2009, and the
reports of MobilityNet's phones."""
CELL_M: Range = (40, 1500)
WIFI_M = 120.0
"""Source: Zandbergen, 2009, "Accuracy of iPhone locations" (74 m Wi-Fi, 600 m cell, medians)."""
OUTAGE_EVERY_S: Range = (600, 20000)
OUTAGE_S: Range = (10, 900)


@dataclass(frozen=True, slots=True)
class Receiver:
    """How one device errs.

    Attributes:
        family: A name of `FAMILIES`.
        error_m: Of one axis, open sky.
        correlation_s: Over which the error stays about the same.
        smooth_s: Time constant of the receiver's own filter.
        grain_m: Error of each fix alone.
        street: How much worse between houses.
        canyon_every_s: Mean time between bursts between houses.
        lag_s: Time constant of the smoothing in the device.
        holds: Whether it freezes the position at rest.
        indoors: Share of time with fixes indoors.
        lost: Share of fixes that are missing.
        outage_every_s: Mean time between outages.
        tunnel: Share of time below the ground with a poor fix all the same.
        network_s: Time between network fixes where there are no satellites; 0 for none.
        network_share: Share of time without satellites outdoors.
        cell_m: Grid of those fixes.
        speed: Whether Doppler speed is written.
        accuracy: Whether an accuracy is written.
        steps: Whether it is one of `STEPS_M`.
        digits: Decimals of a degree.
    """

    family: str
    error_m: float
    correlation_s: float
    smooth_s: float
    grain_m: float
    street: float
    canyon_every_s: float
    lag_s: float
    holds: bool
    indoors: float
    lost: float
    outage_every_s: float
    tunnel: float
    network_s: float
    network_share: float
    cell_m: float
    speed: bool
    accuracy: bool
    steps: bool
    digits: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What the receiver would give at every second.

    Attributes:
        at: Complex metres.
        there: Whether a fix is to be had.
        accuracy_m: As reported.
        speed_mps: As reported; NaN at network fixes.
    """

    at: np.ndarray
    there: np.ndarray
    accuracy_m: np.ndarray
    speed_mps: np.ndarray


def receiver(chance: np.random.Generator) -> Receiver:
    """Return a device of one of the families."""
    names = list(FAMILIES)
    family = names[int(chance.choice(len(names), p=[FAMILIES[name][0] for name in names]))]
    error_m = around(chance, FAMILIES[family][1])
    network = {"pocket": 0.5, "hand": 0.4, "saving": 1.0}.get(family, 0.0)
    poor = {"pocket": 0.5, "hand": 0.15, "saving": 1.0}.get(family, 0.0)
    return Receiver(
        family=family,
        error_m=error_m,
        correlation_s=around(chance, CORRELATION_S),
        smooth_s=around(chance, SMOOTH_S) if often(chance, 0.7) else 0.0,
        grain_m=error_m * chance.uniform(0, 0.25) * often(chance, 0.6),
        street=within(chance, STREET_FACTOR),
        canyon_every_s=around(chance, CANYON_EVERY_S),
        lag_s=float(chance.choice([0, 0, 1, 2, 4])),
        holds=often(chance, 0.4),
        indoors=float(chance.choice([0, 0.2, 0.6, 1.0])),
        lost=float(chance.choice([0, 0, 0, 0.02, 0.1, 0.3])),
        outage_every_s=around(chance, OUTAGE_EVERY_S),
        tunnel=float(chance.choice([0, 0, 0.15, 0.5])),
        network_s=around(chance, (5, 200)) if often(chance, network) else 0.0,
        network_share=within(chance, NETWORK_SHARE) if often(chance, poor) else 0.0,
        cell_m=around(chance, CELL_M, middle=WIFI_M),
        speed=often(chance, {"logger": 0.4, "vehicle": 0.8}.get(family, 0.6)),
        accuracy=often(chance, {"logger": 0.15, "vehicle": 0.3}.get(family, 0.8)),
        steps=often(chance, {"logger": 0.0, "vehicle": 0.0}.get(family, 0.35)),
        digits=int(chance.choice([4, 5, 6, 7], p=[0.04, 0.26, 0.4, 0.3])),
    )


def seen(
    device: Receiver,
    at: np.ndarray,
    sky: np.ndarray,
    aboard: np.ndarray,
    chance: np.random.Generator,
) -> Seen:
    """Return what ``device`` gives on a way.

    Args:
        device: The receiver.
        at: True complex metres, one a second.
        sky: A `Sky` a second.
        aboard: How much worse reception is inside the vehicle, 1 or more, a second.
        chance: The stream.
    """
    count = len(at)
    speed = np.abs(np.diff(at, prepend=at[:1]))
    below = (sky == Sky.UNDERGROUND) | (sky == Sky.STATION)
    cases = [sky == Sky.STREET, sky == Sky.INDOORS, below]
    scale = aboard * np.select(cases, [device.street, 3.0, BELOW], 1.0)
    scale = _slowly(scale, 20.0)
    unit = _slowly(_wander(chance, count, device.correlation_s), device.smooth_s)
    # Two filters in a row leave this share of the spread.
    left = np.sqrt(device.correlation_s / (device.correlation_s + device.smooth_s))
    error = device.error_m * scale * unit / left
    error = error + _canyons(device, sky, chance)
    grain = chance.normal(0, device.grain_m + 1e-9, (2, count))
    given = _slowly(at + error, device.lag_s) + grain[0] + 1j * grain[1]
    if device.holds:
        given = _held(given, speed)
    spread = np.maximum(device.error_m * scale, 0.3 * np.abs(error))
    accuracy = spread * np.clip(_slowly(chance.lognormal(0, 0.4, count), 15.0), 0.4, 3.0)
    doppler = np.maximum(speed + chance.normal(0, 0.2, count), 0) * (speed > 0.15)
    whole = Seen(given, _satellites(device, sky, chance), accuracy, doppler)
    return _with_network(device, whole, at, sky, chance)


def _wander(chance: np.random.Generator, count: int, correlation_s: float) -> np.ndarray:
    """Return a first-order autoregressive error, complex, of unit spread on each axis."""
    kept = np.exp(-1 / correlation_s)
    new = chance.normal(0, np.sqrt(1 - kept**2), (2, count))
    new[:, 0] = chance.normal(0, 1, 2)
    out = lfilter([1.0], [1.0, -kept], new, axis=1)
    return np.asarray(out[0] + 1j * out[1])


def _slowly(values: np.ndarray, seconds: float) -> np.ndarray:
    """Return the exponential mean over the past ``seconds``."""
    if seconds <= 0:
        return np.asarray(values)
    kept = np.exp(-1 / seconds)
    out, _ = lfilter([1 - kept], [1.0, -kept], values, zi=kept * values[:1])
    return np.asarray(out)


def _canyons(device: Receiver, sky: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Return bursts of error: often between houses, seldom elsewhere."""
    count = len(sky)
    rate = np.where(sky == Sky.STREET, 1.0, 0.05) / device.canyon_every_s
    burst = np.zeros(count, complex)
    for start in np.flatnonzero(chance.random(count) < rate):
        lasts = 2 + int(chance.exponential(CANYON_LASTS_S))
        jump = around(chance, CANYON_M) * np.exp(1j * chance.uniform(0, 2 * np.pi))
        burst[start : start + lasts] += jump
    return np.asarray(burst * np.abs(_wander(chance, count, 25.0)))


def _held(given: np.ndarray, speed_mps: np.ndarray) -> np.ndarray:
    still = np.convolve(speed_mps < 0.4, np.ones(5) / 5, mode="same") > 0.95
    last = np.maximum.accumulate(np.where(still, 0, np.arange(len(given))))
    return np.asarray(np.where(still, given[last], given))


def _satellites(device: Receiver, sky: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Return the seconds with a satellite fix: no tunnels, no start, no outage."""
    count = len(sky)
    below = (sky == Sky.UNDERGROUND) | (sky == Sky.STATION)
    indoors = np.repeat(chance.random(count // 240 + 1) >= device.indoors, 240)[:count]
    blocks = count // NETWORK_BLOCK_S + 1
    bag = np.repeat(chance.random(blocks) < device.network_share, NETWORK_BLOCK_S)[:count]
    shut = np.repeat(chance.random(blocks) >= device.tunnel, NETWORK_BLOCK_S)[:count]
    gone = (below & shut) | ((sky == Sky.INDOORS) & indoors) | bag
    gone[: int(around(chance, COLD_START_S))] = True
    change = np.diff(np.concatenate([[0], gone, [0]]).astype(np.int8))
    for first, last in zip(np.flatnonzero(change == 1), np.flatnonzero(change == -1), strict=True):
        if last - first > 240:
            gone[last : last + int(around(chance, COLD_START_S))] = True
    for start in chance.integers(count, size=chance.poisson(count / device.outage_every_s)):
        gone[start : start + int(around(chance, OUTAGE_S))] = True
    return np.asarray(~gone & (chance.random(count) >= device.lost))


def _with_network(
    device: Receiver,
    whole: Seen,
    at: np.ndarray,
    sky: np.ndarray,
    chance: np.random.Generator,
) -> Seen:
    """Return the same with network fixes where the satellites are missing."""
    if not device.network_s:
        accuracy = _stepped(whole.accuracy_m) if device.steps else whole.accuracy_m
        return Seen(whole.at, whole.there, accuracy, whole.speed_mps)
    likely = np.where(sky == Sky.UNDERGROUND, 0.08, 1.0) / device.network_s
    network = ~whole.there & (chance.random(len(at)) < likely)
    size = device.cell_m * np.where(np.isin(sky, (Sky.STATION, Sky.INDOORS)), 0.4, 1.0)
    size = np.where((sky == Sky.OPEN) | (sky == Sky.STREET), np.minimum(size, 250.0), size)
    corner = chance.uniform(0, 1) + 1j * chance.uniform(0, 1)
    cell = size * (np.round(at.real / size) + 1j * np.round(at.imag / size) + 0.3 * corner)
    near = at + size * 0.3 * _wander(chance, len(at), 20.0)
    reported = np.round(size * chance.uniform(0.4, 1.2, len(at)))
    accuracy = np.where(network, reported, whole.accuracy_m)
    return Seen(
        np.where(network, np.where(size > 250, cell, near), whole.at),
        whole.there | network,
        _stepped(accuracy) if device.steps else accuracy,
        np.where(network, np.nan, whole.speed_mps),
    )


def _stepped(accuracy_m: np.ndarray) -> np.ndarray:
    """Return each accuracy as the next coarser of the steps that some phones report."""
    place = np.searchsorted(STEPS_M, accuracy_m)
    return np.asarray(STEPS_M[np.minimum(place, len(STEPS_M) - 1)])
