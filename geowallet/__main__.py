"""``python -m geowallet`` and the ``geowallet`` command."""

from __future__ import annotations

import gc
import sys

from geowallet import __version__


def main() -> None:
    """Run the command line and end the process with its status."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        # Said here, before the reader of command lines is even loaded; elsewhere it says so too.
        sys.stdout.write(f"geowallet {__version__}\n")
        return
    if _only_explains(arguments):
        gc.disable()  # it would look through all modules again and again, and find nothing
    else:
        from geowallet.app.dumps import forbid_dumps  # noqa: PLC0415  not for the sake of help

        forbid_dumps()
    from geowallet.cli.main import run  # noqa: PLC0415  the language is chosen before this import

    sys.exit(run(arguments))


def _only_explains(arguments: list[str]) -> bool:
    """Say whether no command can run, so that the process will know nothing worth keeping.

    Behind another option ``--help`` may be its value.
    """
    *words, last = arguments or [""]
    if last == "--version":
        return not words
    return last in {"", "--help"} and not any(word.startswith("-") for word in words)


if __name__ == "__main__":
    main()
