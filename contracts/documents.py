"""Settings files as typed values, whose errors say file, line, key, what was found and what is allowed."""

from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Document = TypeVar("Document", bound=BaseModel)
Path = tuple[int | str, ...]


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
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DocumentError(f"{name}:{line}: this is no YAML: {error.problem}") from error
    try:
        return model.model_validate(content if content is not None else {})
    except ValidationError as error:
        raise DocumentError("\n".join(_sentence(name, root, detail) for detail in error.errors())) from error


def _sentence(name: str, root: yaml.Node | None, detail: ErrorDetails) -> str:
    path = detail["loc"]
    key = ".".join(str(step) for step in path) or "the document"
    line = _line(root, path)
    if detail["type"] == "missing":
        return f"{name}:{line}: {key} is missing"
    if detail["type"] == "extra_forbidden":
        return f"{name}:{line}: {key} is not a key that is known here"
    return f"{name}:{line}: {key}: found {_found(detail['input'])}; {detail['msg']}"


def _found(value: object) -> str:
    text = repr(value)
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
