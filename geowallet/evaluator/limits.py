"""What an evaluation may use at most."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one evaluation.

    Attributes:
        seconds: Of the clock, start-up included, and of the processor; 1 to 3600.
        memory_bytes: Address space of the child, the interpreter's 30 MiB
            included; 64 MiB to 64 GiB.
        input_bytes: The job and its rows as JSON; a row takes about 20.
        output_bytes: The result as JSON.

    Raises:
        ValueError: Out of range.
    """

    seconds: int = 10
    memory_bytes: int = 512 * MIB
    input_bytes: int = 16 * MIB
    output_bytes: int = MIB

    def __post_init__(self) -> None:
        if not 1 <= self.seconds <= 3600:
            raise ValueError("seconds must be 1 to 3600")
        if not 64 * MIB <= self.memory_bytes <= 65_536 * MIB:
            raise ValueError("memory_bytes must be 64 MiB to 64 GiB")
        if self.input_bytes < 1 or self.output_bytes < 1:
            raise ValueError("input_bytes and output_bytes must be positive")

    def as_arguments(self) -> list[str]:
        """Return the limits as words of a command line."""
        values = (self.seconds, self.memory_bytes, self.input_bytes, self.output_bytes)
        return [str(value) for value in values]

    @classmethod
    def from_arguments(cls, words: list[str]) -> Limits:
        """Read what `as_arguments` wrote.

        Raises:
            ValueError: Not four integers in range.
        """
        seconds, memory_bytes, input_bytes, output_bytes = map(int, words)
        return cls(seconds, memory_bytes, input_bytes, output_bytes)
