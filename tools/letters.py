"""Makes the letters that annotated copies of clips carry, as one grey picture: video has no fonts.

Rendered by Chromium with Debian's fonts-noto-cjk; run again only when the words change.
"""

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

from cloud.evidence.bundle.letters import ATLAS, CELL, CHARACTERS, LINES, WIDTH

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def main() -> None:
    """Writes the picture beside the module that reads it."""
    cell_w, cell_h = CELL
    lines = "".join(
        f'<div style="height:{height}px;font:{weight} {size}px/{height}px Noto Sans CJK SC">{text}</div>'
        for text, height, size, weight in LINES
    )
    cells = "".join(
        f'<span style="display:inline-block;width:{cell_w}px;text-align:center">{each}</span>'
        for each in CHARACTERS
    )
    digits = f'<div style="height:{cell_h}px;font:500 27px/{cell_h}px Noto Sans CJK SC">{cells}</div>'
    style = "margin:0;background:#000;color:#fff;white-space:pre;-webkit-font-smoothing:antialiased"
    height = sum(line[1] for line in LINES) + cell_h
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": height})
        page.set_content(f'<body style="{style}">{lines}{digits}')
        page.screenshot(path=ROOT / "cloud" / "evidence" / "bundle" / ATLAS)
        browser.close()


if __name__ == "__main__":
    main()
