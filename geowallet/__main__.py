"""``python -m geowallet`` and the ``geowallet`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its status."""
    from geowallet.app.dumps import forbid_dumps  # noqa: PLC0415  with what follows
    from geowallet.cli.main import run  # noqa: PLC0415  the language is chosen before this import

    forbid_dumps()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
