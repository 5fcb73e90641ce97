"""The documentation speaks of what is there: links resolve, languages agree, settings are named."""

import importlib.util
import pkgutil
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import get_args

import click
import pytest
from pydantic import BaseModel

import cloud.api.routes
import cloud.config
import edge.config.settings
from fallwatch.__main__ import main
from tests.house.rules import Source
from tests.house.tree import ROOT, committed, sources

PAGES = [source for source in sources() if source.path.suffix == ".md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img[^>]*\bsrc=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


def _prose(text: str) -> str:
    return FENCE.sub("", text)


def _anchors(text: str) -> set[str]:
    """Fragment names that GitHub gives to headings."""
    titles = (re.sub(r"\[([^\]]*)\]\([^)]*\)|`", r"\1", title) for _, title in HEADING.findall(_prose(text)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def _links(text: str) -> Iterator[str]:
    for inline, image in LINK.findall(_prose(text)):
        target = inline or image
        if not re.match(r"[a-z]+:", target):
            yield target


def _broken(page: PurePosixPath, text: str) -> list[str]:
    files = {str(path) for path in committed()}
    folders = {str(parent) for path in committed() for parent in path.parents}
    found = []
    for target in _links(text):
        path, _, fragment = target.partition("#")
        resolved = (ROOT / page.parent / path).resolve() if path else ROOT / page
        name = str(resolved.relative_to(ROOT))
        if name not in files | folders:
            found.append(f"{target}: no such file")
        elif fragment and fragment not in _anchors(resolved.read_text()):
            found.append(f"{target}: no such heading")
    return found


COMMAND = re.compile(r"(?<![\w/-])(?:\.venv/bin/)?fallwatch((?: [a-z]+(?:-[a-z]+)*)+)")
RUN = re.compile(r"run --rm api ((?:[a-z]+ ?)+)")
TARGET = re.compile(r"(?:^|`|sudo )make ([a-z][a-z-]*)", re.MULTILINE)


def _code(text: str) -> str:
    """What stands in code spans and fences of a page."""
    return "\n".join(FENCE.findall(text) + re.findall(r"`([^`\n]+)`", _prose(text)))


def _unknown_commands(text: str) -> list[str]:
    """Commands in the code of a page that the command line does not have."""
    named = [words.split() for words in COMMAND.findall(_code(text))]
    named += [["cloud", *words.split()] for words in RUN.findall(_code(text))]
    return [" ".join(words) for words in named if not _exists(words)]


def _exists(words: list[str]) -> bool:
    command: click.Command | None = main
    for word in words:
        if not isinstance(command, click.Group):
            return command is not None  # what follows is an argument
        command = command.get_command(click.Context(command), word)
    return command is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.path))
def test_every_command_that_a_page_shows_exists(page: Source) -> None:
    assert not _unknown_commands(page.text)
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(_code(page.text))) <= targets


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert _unknown_commands("run `fallwatch nonsense now`") == ["nonsense now"]
    assert _unknown_commands("run `fallwatch cloud nonsense`") == ["cloud nonsense"]
    assert not _unknown_commands("run `fallwatch cloud user add` and `.venv/bin/fallwatch detect video.mp4`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.path))
def test_every_link_of_a_page_leads_somewhere(page: Source) -> None:
    assert not _broken(page.path, page.text)


def test_a_broken_link_would_be_found() -> None:
    page = PurePosixPath("docs/architecture.md")
    assert _broken(page, "see [there](nowhere.md)")
    assert _broken(page, "see [there](glossary.md#nothing)")
    assert _broken(page, '<img src="images/none.png">')
    assert not _broken(page, "see [there](glossary.md#pictures) and [out](https://example.org/x)")


def test_both_readmes_have_the_same_sections_pictures_and_commands() -> None:
    english, chinese = ((ROOT / name).read_text() for name in ("README.md", "README.zh.md"))
    levels = [[level for level, _ in HEADING.findall(_prose(text))] for text in (english, chinese)]
    assert levels[0] == levels[1]
    linked = [{link for link in _links(text) if "README" not in link} for text in (english, chinese)]
    assert linked[0] == linked[1]
    commands = [
        re.findall(r"^(?:make|\.venv/bin/\S+)[^#\n]*", text, re.MULTILINE) for text in (english, chinese)
    ]
    assert [command.strip() for command in commands[0]] == [command.strip() for command in commands[1]]


def test_the_state_diagrams_are_fresh() -> None:
    spec = importlib.util.spec_from_file_location("diagrams", ROOT / "tools" / "diagrams.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert (ROOT / "docs" / "machines.md").read_text() == tool.page(), "run: python tools/diagrams.py"


def _sections(annotation: object) -> Iterator[type[BaseModel]]:
    """The models inside of a type, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _sections(inner)


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        sections = list(_sections(field.annotation))
        for section in sections:
            yield from _keys(section)
        if not sections:
            yield name


@pytest.mark.parametrize(
    ("side", "key"),
    [
        (side, key)
        for side, model in (("Edge", edge.config.settings.Settings), ("Cloud", cloud.config.Settings))
        for key in sorted(set(_keys(model)))
    ],
)
def test_a_setting_is_documented(side: str, key: str) -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    section = text.split(f"\n**{side}**\n", 1)[1].split("\n## ", 1)[0]
    assert re.search(rf"[`.]{key}`", section), f"docs/operations.md does not name {key}"


def _routes() -> set[tuple[str, Callable[..., object]]]:
    """Every route that the HTTP interface has, as documentation writes it, with the function behind it."""
    modules = (
        importlib.import_module(found.name)
        for found in pkgutil.iter_modules(cloud.api.routes.__path__, "cloud.api.routes.")
    )
    return {
        (f"{method} {route.path}", route.endpoint)
        for module in modules
        for route in module.router.routes
        for method in route.methods
    }


def test_every_route_is_documented_and_no_other() -> None:
    table = re.findall(r"^\| `([A-Z]+ [^`]+)` \|", (ROOT / "docs" / "http.md").read_text(), re.MULTILINE)
    assert set(table) == {route for route, _ in _routes()}
    assert all(function.__doc__ for _, function in _routes())


def test_every_decision_is_in_the_list_and_has_its_three_parts() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text()
    pages = sorted(folder.glob("[0-9]*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert all(after == before + 1 for before, after in pairwise(numbers))
    for page in pages:
        text = page.read_text()
        assert f"({page.name})" in listed
        assert re.search(r"\*\*Context\.\*\*.*\*\*Choice\.\*\*.*\*\*Given up\.\*\*", text, re.DOTALL), (
            page.name
        )
        assert text.count("\n") < 60, f"{page.name} is longer than a page"


def test_every_top_folder_is_named_in_the_readme() -> None:
    tops = {path.parts[0] for path in committed() if len(path.parts) > 1} - {".ci"}
    text = Path(ROOT / "README.md").read_text()
    assert not {top for top in tops - {"requirements"} if f"`{top}/`" not in text}
