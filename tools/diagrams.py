"""Draws docs/machines.md: one state diagram for each transition table of the two cores.

    python tools/diagrams.py            write the page
    python tools/diagrams.py --check    write nothing; exit 1 when it is stale

A module of `cloud/core` or `edge/core` that has a table called TRANSITIONS is a machine and is on the page.
"""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import cloud.core
import edge.core
from cloud.core.machine import mermaid, mermaid_regions

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "machines.md"

HEAD: Final = """\
# State machines

Drawn from the transition tables in the code by `python tools/diagrams.py`; a test fails when this is stale.
A machine is pure: `step(state, input, at) → (state, effects)`. What a table does not name is refused or
changes nothing, as the module says.
"""


def machines() -> Iterator[ModuleType]:
    """Modules of both cores that carry a transition table."""
    for package in (cloud.core, edge.core):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            if hasattr(module, "TRANSITIONS"):
                yield module


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(module) for module in machines())


def _section(module: ModuleType) -> str:
    summary = (module.__doc__ or "").strip().partition("\n")[0]
    path = module.__name__.replace(".", "/") + ".py"
    return f"\n## [`{path}`](../{path})\n\n{summary}\n\n```mermaid\n{_diagram(module)}```\n"


def _diagram(module: ModuleType) -> str:
    """One table, or several by name that run side by side."""
    first = next(iter(module.TRANSITIONS))
    if isinstance(first, str):
        return mermaid_regions(module.__name__.rpartition(".")[2], module.TRANSITIONS)
    return mermaid(module.TRANSITIONS, first[0])


def main() -> int:
    """Write the page, or with `--check` say whether it is stale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")
    if parser.parse_args().check:
        fresh = PAGE.is_file() and PAGE.read_text() == page()
        print("docs/machines.md is fresh" if fresh else "docs/machines.md is stale: python tools/diagrams.py")
        return 0 if fresh else 1
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
