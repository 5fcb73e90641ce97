"""Settings files as typed values, whose errors say file, line, key, what was found and what is allowed."""

import re
from collections.abc import Iterator
from typing import Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Document = TypeVar("Document", bound=BaseModel)
Path = tuple[int | str, ...]
SECRET: Final = re.compile(r"(password|community|url|_key|token|secret)$")
"""Keys whose values no message shows."""
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same answers ten times as fast where PyYAML has its C library."""


class DocumentError(ValueError):
    """A settings file cannot be used. The message has one line for each thing to mend."""


def parse(text: str, model: type[Document], name: str) -> Document:
    """A YAML text as an instance of `model`.

    Args:
        text: The file's content.
        model: What it must describe.
        name: The file's name, for messages.

    Raises:
        DocumentError: No YAML, or not what the model allows; names line, key, found and allowed.
    """
    root, content = _read(text, name)
    wrong = [f"{name}:{mark.line + 1}: {key} stands twice here" for key, mark in _twice(root)]
    try:
        document = model.model_validate(content if content is not None else {})
    except ValidationError as error:
        wrong += [_sentence(name, root, detail) for detail in _causes(error.errors())]
        raise DocumentError("\n".join(wrong)) from error
    if wrong:
        raise DocumentError("\n".join(wrong))
    return document


def written(content: object) -> str:
    """As a YAML text that `parse` reads; what is short stands on one line."""
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)


def sentence(text: str, name: str, path: Path, found: object, allowed: str) -> str:
    """What is wrong at `path` of a document that `parse` accepted, in the form of its errors.

    allowed: what would be right, or what to do.
    """
    root, _ = _read(text, name)
    return f"{name}:{_line(root, path)}: {_dotted(path)}: found {_found(found)}; {allowed}"


def _read(text: str, name: str) -> tuple[yaml.Node | None, object]:
    try:
        return yaml.compose(text, Loader=LOADER), yaml.load(text, Loader=LOADER)  # noqa: S506 - both are safe
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DocumentError(f"{name}:{line}: this is no YAML: {error.problem}") from error


def _twice(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Mark]]:
    """Keys that a mapping has more than once: YAML forbids it, the parser keeps the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark
            seen.add(key.value)
            yield from _twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _twice(value)


def _sentence(name: str, root: yaml.Node | None, detail: ErrorDetails) -> str:
    path = _in_file(root, detail["loc"])
    if detail["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        path = (*path, detail["ctx"]["discriminator"].strip("'"))
    line = _line(root, path)
    if detail["type"] == "union_tag_invalid":
        tag, allowed = detail["ctx"]["tag"], detail["ctx"]["expected_tags"]
        return f"{name}:{line}: {_dotted(path)}: found {tag!r}; one of {allowed}"
    if detail["type"] in {"missing", "union_tag_not_found"}:
        return f"{name}:{line}: {_dotted(path)} is missing"
    if detail["type"] == "extra_forbidden":
        return f"{name}:{line}: {_dotted(path)} is not a key that is known here"
    allowed = detail["msg"].removeprefix("Value error, ")
    found = "something secret" if SECRET.search(_dotted(path)) else _found(detail["input"])
    return f"{name}:{line}: {_dotted(path)}: found {found}; {allowed}"


def _causes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """The errors without those that only say that a list is short of its wrong items."""
    places = [detail["loc"] for detail in details]

    def follows(detail: ErrorDetails) -> bool:
        loc = detail["loc"]
        return detail["type"] == "too_short" and any(
            len(place) > len(loc) and place[: len(loc)] == loc for place in places
        )

    return [detail for detail in details if not follows(detail)]


def _in_file(node: yaml.Node | None, path: Path) -> Path:
    """The path without the names of variants, which stand in the model and not in the file."""
    kept: list[int | str] = []
    for index, step in enumerate(path):
        found = _child(node, step)
        if found is not None:
            node = found[1]
        elif index < len(path) - 1:
            continue
        kept.append(step)
    return tuple(kept)


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path) or "the document"


def _found(value: object) -> str:
    text = f"the keys {', '.join(map(str, value))}" if isinstance(value, dict) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _line(root: yaml.Node | None, path: Path) -> int:
    """The line of the deepest node on `path` that exists, counted from 1."""
    node, line = root, 1
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        key, node = found
        line = key.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None
