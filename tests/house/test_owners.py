"""What sees past the policies of the database is on a list, with a reason each."""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from tests.house.owners import OF_NO_REQUEST, OWNERS
from tests.house.rules import Source
from tests.house.tree import sources

REACHED_BY_REQUESTS: Final = ("cloud/api/", "cloud/evidence/")
WAYS: Final = frozenset({"as_owner", "administering"})


def _sees_everything(call: ast.Call) -> bool:
    """Whether a call opens a transaction with the rights of the tables' owner, or may do so."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name != "transaction":
        return name in WAYS
    whose = next((keyword.value for keyword in call.keywords if keyword.arg == "as_"), None)
    return whose is None or isinstance(whose, ast.IfExp)


def owners(source: Source) -> Iterator[str]:
    """`file function` of what opens one."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))
            if any(map(_sees_everything, calls)):
                yield f"{source.path} {node.name}"


def _found() -> set[str]:
    return {
        owner
        for source in sources()
        if source.is_python and str(source.path).startswith(REACHED_BY_REQUESTS)
        for owner in owners(source)
    }


def test_only_what_is_on_the_list_sees_past_the_policies() -> None:
    strange = {each for each in _found() - set(OWNERS) if each.split()[0] not in OF_NO_REQUEST}
    assert not strange, f"read and act by the rights of who asks, or say why not: {sorted(strange)}"


def test_the_list_names_nothing_that_is_gone_and_has_a_reason_for_each() -> None:
    found = _found()
    assert not set(OWNERS) - found, "strike these out"
    assert not set(OF_NO_REQUEST) - {each.split()[0] for each in found}, "strike these out"
    assert all([*OWNERS.values(), *OF_NO_REQUEST.values()])


def test_a_route_that_sees_past_the_policies_is_noticed() -> None:
    for line in ("services.as_owner()", "services.administering(who)", "pool.transaction(opened)"):
        text = f"async def peek(services):\n    async with {line} as conn:\n        pass\n"
        assert list(owners(Source(PurePosixPath("cloud/api/routes/new.py"), text))), line
