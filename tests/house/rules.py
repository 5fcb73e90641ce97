"""The house rules that no linter of others knows, as functions from a source file to what is wrong in it.

A rule is a function of a `Source` that yields `Finding`s. Named exceptions stand in `exceptions.py`, each
with its reason; `test_rules_can_fail.py` shows for each rule a source that breaks it.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

MAX_FILE_LINES: Final = 400
MAX_FUNCTION_LINES: Final = 60
MAX_POSITIONAL: Final = 6

PRODUCT: Final = ("contracts", "edge", "cloud", "models", "dashboards", "firmware_configs", "fallwatch")
SIDES: Final = ("contracts", "edge", "cloud", "models")


@dataclass(frozen=True)
class Source:
    """A committed text file. `path` is relative to the checkout."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of a Python file."""
        return ast.parse(self.text, str(self.path))

    @property
    def is_python(self) -> bool:
        return self.path.suffix == ".py"

    @property
    def package(self) -> str:
        return self.path.parts[0]


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where."""

    path: PurePosixPath
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


Rule = Callable[[Source], Iterator[Finding]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _last_name(node: ast.expr) -> str:
    """`queue.Queue[int]` → `Queue`."""
    match node:
        case ast.Subscript():
            return _last_name(node.value)
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case _:
            return ""


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Attribute():
            return f"{_dotted(node.value)}.{node.attr}"
        case ast.Name():
            return node.id
        case _:
            return "?"


def _functions(source: Source) -> Iterator[Function]:
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def _find(source: Source, node: ast.stmt | ast.expr | ast.arg, what: str) -> Finding:
    return Finding(source.path, node.lineno, what)


def no_class_derives_from_a_thread(source: Source) -> Iterator[Finding]:
    """A thread runs a function; a class that is one hides who joins it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                if _last_name(base) in {"Thread", "Process", "Timer"}:
                    yield _find(source, node, f"class {node.name} derives from {_last_name(base)}")


def every_queue_has_a_bound(source: Source) -> Iterator[Finding]:
    """What has no bound grows until the machine dies; what has one must say what happens when it is full."""
    if source.package not in PRODUCT:
        return
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = _last_name(node.func)
        if name in {"Queue", "LifoQueue", "PriorityQueue", "JoinableQueue"}:
            bound = _argument(node, 0, "maxsize")
            if bound is None or (isinstance(bound, ast.Constant) and bound.value in {0, None}):
                yield _find(source, node, f"{name} without a bound")
        elif name == "SimpleQueue":
            yield _find(source, node, "SimpleQueue cannot have a bound")
        elif name == "deque" and _argument(node, 1, "maxlen") is None:
            yield _find(source, node, "deque without maxlen")


def _argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    named = next((word.value for word in call.keywords if word.arg == keyword), None)
    return named if named is not None else (call.args[position] if len(call.args) > position else None)


CLOCKS: Final = frozenset(
    {
        *(f"time.{name}" for name in ("time", "time_ns", "monotonic", "monotonic_ns", "clock_gettime")),
        *(
            f"{head}.{name}"
            for head in ("datetime", "datetime.datetime")
            for name in ("now", "utcnow", "today")
        ),
        "date.today",
        "datetime.date.today",
    }
)


def clocks_are_read_in_clock_py_only(source: Source) -> Iterator[Finding]:
    """Elsewhere time is an argument. `perf_counter` measures how long something took, and is free."""
    if source.package not in SIDES or source.path.name == "clock.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and _dotted(node) in CLOCKS:
            yield _find(source, node, f"reads a clock: {_dotted(node)}")
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for name in node.names:
                if f"time.{name.name}" in CLOCKS:
                    yield _find(source, node, f"reads a clock: time.{name.name}")


ROOTS: Final = frozenset(
    {
        "edge/agent.py",
        "edge/camera/run.py",
        "edge/config/settings.py",
        "edge/doctor/run.py",
        "cloud/api/app.py",
        "cloud/config.py",
    }
    | {f"{side}/__main__.py" for side in ("edge", "cloud")}
)
"""One for each program, and where settings are made."""


def only_composition_roots_take_whole_settings(source: Source) -> Iterator[Finding]:
    """A function says by its arguments what it depends on; whole settings say nothing."""
    if source.package not in SIDES or str(source.path) in ROOTS:
        return
    for function in _functions(source):
        arguments = function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.annotation and _last_name(argument.annotation) == "Settings":
                yield _find(source, function, f"{function.name} takes whole Settings")


def files_are_short(source: Source) -> Iterator[Finding]:
    """A file that needs a table of contents wants to be a folder."""
    lines = source.text.count("\n")
    if lines > MAX_FILE_LINES:
        yield Finding(source.path, 1, f"{lines} lines (at most {MAX_FILE_LINES})")


def functions_are_short(source: Source) -> Iterator[Finding]:
    """What does not fit on a screen is not read in one go."""
    for function in _functions(source):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > MAX_FUNCTION_LINES:
            yield _find(source, function, f"{function.name} has {lines} lines (at most {MAX_FUNCTION_LINES})")


def few_positional_parameters(source: Source) -> Iterator[Finding]:
    """Past six, a caller mixes them up; by name they may be more."""
    for function in _functions(source):
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        count = len(names) - (names[:1] in (["self"], ["cls"]))
        if count > MAX_POSITIONAL and not _is_called_by_framework(function):
            yield _find(source, function, f"{function.name} has {count} positional parameters")


def _is_called_by_framework(function: Function) -> bool:
    """Routes, commands and fixtures are called by name by their framework."""
    return any(isinstance(decorator, ast.Call | ast.Attribute) for decorator in function.decorator_list)


def every_module_opens_with_what_it_does(source: Source) -> Iterator[Finding]:
    """A reader learns in one line whether this is the file."""
    if source.text.strip() and ast.get_docstring(source.tree) is None:
        yield Finding(source.path, 1, "module without a docstring")


LOOSE: Final = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def nothing_is_left_for_later(source: Source) -> Iterator[Finding]:
    """A note to oneself in the code is work that nobody sees."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if match := LOOSE.search(line):
            yield Finding(source.path, number, f"loose end: {match.group()}")


def no_error_is_swallowed(source: Source) -> Iterator[Finding]:
    """An exception is caught where something is decided about it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            blind = node.type is None or _last_name(node.type) in {"Exception", "BaseException"}
            if blind and all(isinstance(statement, ast.Pass | ast.Continue) for statement in node.body):
                yield Finding(source.path, node.lineno, "every error is swallowed here")
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if _last_name(raised) == "NotImplementedError":
                yield Finding(source.path, node.lineno, "a stub")


INDEX: Final = re.compile(
    r"pypi\.org/simple|files\.pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com"
    r"|--(?:extra-)?index-url|--find-(?:links)|\"resolved\":"
)
HOME: Final = re.compile(r"(?<![\w.])/(?:root|Users/\w+|home/(?!nonroot|fallwatch)\w+)/")


def no_path_or_index_of_a_build_machine(source: Source) -> Iterator[Finding]:
    """A checkout builds anywhere; where packages come from is the machine's own affair."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if match := INDEX.search(line) or HOME.search(line):
            yield Finding(source.path, number, f"names a package index or a home folder: {match.group()}")


def tests_wait_for_conditions(source: Source) -> Iterator[Finding]:
    """A sleep is too short on a busy machine and too long on every other."""
    if source.package != "tests":
        return
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or _dotted(node.func) not in {"time.sleep", "asyncio.sleep"}:
            continue
        (length,) = node.args or (None,)
        if _dotted(node.func) == "time.sleep" or (
            isinstance(length, ast.Constant) and isinstance(length.value, int | float) and length.value >= 1
        ):
            yield _find(source, node, "sleeps instead of waiting for a condition")


PYTHON_RULES: Final[Mapping[str, Rule]] = {
    rule.__name__: rule
    for rule in (
        no_class_derives_from_a_thread,
        every_queue_has_a_bound,
        clocks_are_read_in_clock_py_only,
        only_composition_roots_take_whole_settings,
        functions_are_short,
        few_positional_parameters,
        every_module_opens_with_what_it_does,
        no_error_is_swallowed,
        tests_wait_for_conditions,
    )
}
CODE_RULES: Final[Mapping[str, Rule]] = {files_are_short.__name__: files_are_short}
TEXT_RULES: Final[Mapping[str, Rule]] = {
    rule.__name__: rule for rule in (nothing_is_left_for_later, no_path_or_index_of_a_build_machine)
}
RULES: Final = {**PYTHON_RULES, **CODE_RULES, **TEXT_RULES}

CODE_SUFFIXES: Final = frozenset({".py", ".js", ".mjs", ".css", ".sql", ".html"})


def findings(rule: str, source: Source) -> list[Finding]:
    """What one rule finds in one file; nothing where the rule does not speak of such files."""
    if rule in PYTHON_RULES and not source.is_python:
        return []
    if rule in CODE_RULES and source.path.suffix not in CODE_SUFFIXES:
        return []
    return list(RULES[rule](source))
