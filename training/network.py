"""Teach the network that reads the course of a path; needs torch, which nothing else does.

Towards the end weights and activations are rounded while it learns as they are when it runs,
so that what is taught is what runs. One thread and the same versions give the same bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from geowallet.track.modes.course import CHANNELS, SILENT
from geowallet.track.modes.course import UNIT as INPUT_UNIT
from geowallet.track.modes.network import (
    LOGIT_UNIT,
    MOST_ACTIVATION,
    MOST_WEIGHT,
    UNIT,
    Layer,
    Network,
)
from training.courses import STILL
from training.recipe import PRIOR
from training.tables import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.random import Generator
    from numpy.typing import NDArray

    from training.courses import Courses

WIDTH, DILATIONS, HIDDEN = 56, (1, 2, 4, 8, 16, 32), 64
"""Outputs of the layers that look around, how far apart their rows lie, and the last but one."""

OUTPUTS = len(CLASSES) + 1

DROPPED = 0.1
"""Of the channels of a layer, those that a step does without."""

HIDDEN_CHANNELS = (
    (slice(1, 4), 0.25),
    (slice(5, 8), 0.25),
    (slice(0, 1), 0.15),
    (slice(4, 5), 0.15),
)
"""Channels of single steps, and the share of the windows that do without: what happens within
ten seconds differs between receivers, and between simulated traffic and real. With them hidden
19 of the 21 drives of UAH-DriveSet were told, instead of 16."""

STILL_SHARE = 0.2
"""Of the weight of rows, what is in no leg."""

LEANING = 0.75
"""Exponent that draws classes towards their shares."""

MOST_LIFT = 6.0
LONG_ROWS = 30
"""A leg weighs by the root of its rows, up to so many."""

SAID_EVERY = 200
"""Steps between two lines about how it goes."""


@dataclass(frozen=True, slots=True)
class Schooling:
    """How long and how fast it learns.

    Attributes:
        passes: Over all rows.
        batch: Windows at a time.
        rows: Of a window.
        rate: Highest learning rate; it rises, then falls.
        rounded_from: Share of the steps after which it learns with rounded numbers.
        smoothing: Of labels.
        kept: Share of the running mean of weights that each step keeps.
        seed: Of weights, windows and their order.
    """

    passes: int = 5
    batch: int = 64
    rows: int = 256
    rate: float = 4e-3
    rounded_from: float = 0.6
    smoothing: float = 0.02
    kept: float = 0.998
    seed: int = 2


class _Around(nn.Module):
    """Sums of what lies around each row, normalised; weights on a grid if asked."""

    def __init__(self, inputs: int, outputs: int, kernel: int, dilation: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(
            torch.randn(outputs, inputs, kernel) * (2 / (inputs * kernel)) ** 0.5
        )
        self.norm = nn.BatchNorm2d(outputs)
        self.kernel, self.dilation = kernel, dilation

    def forward(self, rows: Tensor, rounded: bool) -> Tensor:
        weight = _on_grid(self.weight) if rounded else self.weight
        margin = self.dilation * (self.kernel // 2)
        whole: Tensor = self.norm(
            functional.conv2d(
                rows, weight[:, :, None], padding=(0, margin), dilation=(1, self.dilation)
            )
        )
        return whole


class Student(nn.Module):
    """The network while it learns."""

    def __init__(self) -> None:
        """Draw its weights."""
        super().__init__()
        self.first = _Around(CHANNELS, WIDTH, 5)
        self.blocks = nn.ModuleList([_Around(WIDTH, WIDTH, 3, far) for far in DILATIONS])
        self.hidden = _Around(WIDTH, HIDDEN, 1)
        self.last = nn.Parameter(torch.randn(OUTPUTS, HIDDEN, 1) * 0.1)
        self.offset = nn.Parameter(torch.zeros(OUTPUTS))
        self.drop = nn.Dropout2d(DROPPED)

    def forward(self, rows: Tensor, rounded: bool) -> Tensor:
        """Return the logits ``(w, OUTPUTS, t)`` of rows ``(w, CHANNELS, t)``."""

        def cut(value: Tensor) -> Tensor:
            value = value.clamp(0, MOST_ACTIVATION * UNIT)
            return value + (torch.round(value / UNIT) * UNIT - value).detach() if rounded else value

        # As pictures one row high, their channels last: half as fast again as sequences.
        picture = rows[:, :, None].contiguous(memory_format=torch.channels_last)
        found = cut(self.first(picture, rounded))
        for block in self.blocks:
            found = cut(self.drop(block(found, rounded)) + found)
        found = self.drop(cut(self.hidden(found, rounded)))
        last = _on_grid(self.last) if rounded else self.last
        return functional.conv2d(found, last[:, :, None], self.offset)[:, :, 0]


@dataclass(frozen=True, slots=True, eq=False)
class _Windows:
    """Some windows: their rows, the class of each row, and its leg, -1 where none is known."""

    rows: Tensor
    classes: Tensor
    legs: NDArray[np.int64]


def taught(courses: Courses, schooling: Schooling) -> Network:
    """Return the network that rows teach; the same for the same input and versions.

    Half of the loss is of rows, half of legs: of the mean of what is said of their rows.
    """
    torch.manual_seed(schooling.seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(schooling.seed)
    student, weight = Student(), class_weights(courses.classes)
    optimiser = torch.optim.AdamW(student.parameters(), lr=schooling.rate, weight_decay=0.01)
    steady = {name: value.clone() for name, value in student.state_dict().items()}
    steps = schooling.passes * (int(_windows(courses, schooling).sum()) // schooling.batch)
    said = np.zeros(2)
    for step, some in enumerate(_drawn(courses, schooling, rng)):
        done = step / steps
        for group in optimiser.param_groups:
            group["lr"] = schooling.rate * _pace(done)
        logits = student(some.rows, done >= schooling.rounded_from)
        by_row, by_leg = _losses(logits, some, weight, schooling.smoothing)
        optimiser.zero_grad()
        (0.5 * by_row + 0.5 * by_leg).backward()
        optimiser.step()
        if step % 2:
            _follow(steady, student, min(schooling.kept, (step + 2) / (step + 11.0)) ** 2)
        said += by_row.item(), by_leg.item()
        if step % SAID_EVERY == SAID_EVERY - 1:
            print(f"step {step + 1} of {steps}, losses {(said / SAID_EVERY).round(4)}", flush=True)
            said[:] = 0.0
    student.load_state_dict(steady)
    return whole_numbers(student.eval())


def class_weights(classes: NDArray[np.int64]) -> Tensor:
    """Return the weight of each class among rows, `STILL` last; mean 1 over the rows."""
    known = classes[classes >= 0]
    found = np.bincount(known, minlength=OUTPUTS) / len(known)
    prior = np.array([PRIOR[name] for name in CLASSES])
    wanted = np.append(prior * (1.0 - STILL_SHARE), STILL_SHARE)
    lift = (wanted / np.maximum(found, 1e-6)) ** LEANING
    return torch.tensor(np.minimum(lift, MOST_LIFT) / (lift * found).sum(), dtype=torch.float32)


def _windows(courses: Courses, schooling: Schooling) -> NDArray[np.int64]:
    """Return how many windows of each stretch a pass takes."""
    return np.ceil(courses.count / schooling.rows).astype(np.int64)


def _drawn(courses: Courses, schooling: Schooling, rng: Generator) -> Iterator[_Windows]:
    """Yield windows somewhere on their stretches, in any order."""
    start = np.concatenate(([0], np.cumsum(courses.count)))
    size, long = schooling.batch, schooling.rows
    for _ in range(schooling.passes):
        order = np.repeat(np.arange(len(courses.count)), _windows(courses, schooling))
        rng.shuffle(order)
        for batch in range(len(order) // size):
            rows = np.zeros((size, long, CHANNELS), dtype=np.float32)
            rows[:, :, SILENT] = 1.0 / INPUT_UNIT
            classes, legs = np.full((2, size, long), -1, dtype=np.int64)
            for place, stretch in enumerate(order[batch * size : (batch + 1) * size]):
                count = int(courses.count[stretch])
                first = start[stretch]
                first += rng.integers(0, count - long + 1) if count > long else 0
                taken, filled = slice(first, first + min(count, long)), slice(min(count, long))
                rows[place, filled] = courses.rows[taken]
                classes[place, filled] = courses.classes[taken]
                leg = courses.legs[taken]
                legs[place, filled] = np.where(leg >= 0, leg + place * 4000, -1)
            seen = torch.from_numpy(rows).transpose(1, 2) * INPUT_UNIT
            for channels, share in HIDDEN_CHANNELS:
                shown = rng.random((size, 1, 1)) >= share
                seen[:, channels] *= torch.from_numpy(shown.astype(np.float32))
            yield _Windows(seen.contiguous(), torch.from_numpy(classes), legs)


def _losses(
    logits: Tensor, some: _Windows, weight: Tensor, smoothing: float
) -> tuple[Tensor, Tensor]:
    """Return the loss of rows and that of legs."""
    by_row = functional.cross_entropy(
        logits, some.classes, weight=weight, ignore_index=-1, label_smoothing=smoothing
    )
    on = np.flatnonzero((some.legs.ravel() >= 0) & (some.classes.numpy().ravel() >= 0))
    if not len(on):
        return by_row, torch.zeros(())
    _, place = np.unique(some.legs.ravel()[on], return_inverse=True)
    chosen, leg = torch.from_numpy(on), torch.from_numpy(place)
    count = torch.bincount(leg).float()
    each = logits[:, :STILL].transpose(1, 2).reshape(-1, STILL)[chosen]
    mean = torch.zeros(len(count), STILL).index_add(0, leg, each) / count[:, None]
    classes = torch.zeros(len(count), dtype=torch.long)
    classes[leg] = some.classes.ravel()[chosen]
    worth = weight[classes] * count.clamp(max=LONG_ROWS).sqrt()
    loss = functional.cross_entropy(mean, classes, reduction="none", label_smoothing=smoothing)
    return by_row, (loss * worth).sum() / worth.sum()


def _pace(share: float) -> float:
    return min(1.0, share / 0.03 + 0.02) * (0.5 + 0.5 * math.cos(math.pi * share))


def _follow(steady: dict[str, Tensor], student: Student, kept: float) -> None:
    with torch.no_grad():
        for name, value in student.state_dict().items():
            if value.dtype.is_floating_point:
                steady[name].lerp_(value, 1.0 - kept)
            else:
                steady[name].copy_(value)


def _on_grid(weight: Tensor) -> Tensor:
    """Return the weights as they run, each output on a grid of its own."""
    step = _step_of(weight)
    return weight + (torch.round(weight / step) * step - weight).detach()


def _step_of(weight: Tensor) -> Tensor:
    peak = weight.detach().abs().amax(dim=tuple(range(1, weight.dim())), keepdim=True)
    return peak.clamp(min=1e-8) / MOST_WEIGHT


def whole_numbers(student: Student) -> Network:
    """Return what runs without torch."""
    with torch.no_grad():
        first = _layer(student.first, INPUT_UNIT)
        blocks = [_layer(block, UNIT, adds=True) for block in student.blocks]
        hidden = _layer(student.hidden, UNIT)
        scale = _step_of(student.last)[:, 0, 0] * (UNIT / LOGIT_UNIT)
        last = Layer(_weights(student.last), scale.numpy(), (student.offset / LOGIT_UNIT).numpy())
    return Network((first, *blocks, hidden, last))


def _layer(part: nn.Module, unit: float, *, adds: bool = False) -> Layer:
    norm = part.norm
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    scale = _step_of(part.weight)[:, 0, 0] * gain * (unit / UNIT)
    bias = (norm.bias - norm.running_mean * gain) / UNIT
    weight = _weights(part.weight)
    return Layer(weight, scale.numpy(), bias.numpy(), part.kernel, part.dilation, adds)


def _weights(weight: Tensor) -> NDArray[np.float32]:
    """Return whole numbers ``(kernel * inputs, outputs)``."""
    whole = torch.round(weight / _step_of(weight))
    return np.ascontiguousarray(whole.permute(2, 1, 0).reshape(-1, len(whole)).numpy())
