"""Write docs/verify-page/verify.html, the page that verifies an export in a browser.

Run as ``.venv/bin/python -m tools.write_verify_page`` after a change of its parts or words.
"""

from __future__ import annotations

from pathlib import Path

from geowallet.app.sharing.takeaway import page

PAGE = Path(__file__).parent.parent / "docs" / "verify-page" / "verify.html"


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
