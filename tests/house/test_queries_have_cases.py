"""Every public query of cloud/store has a case, so that it runs on PostgreSQL and on TimescaleDB."""

import importlib
import inspect
import pkgutil
from typing import Any

import cloud.store
from tests.integration.queries import CASES, NO_QUERIES


def _queries() -> set[str]:
    """module.function of every public coroutine function of cloud/store."""
    found = set()
    for info in pkgutil.walk_packages(cloud.store.__path__, "cloud.store."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            own = getattr(value, "__module__", None) == info.name and not name.startswith("_")
            inner: Any = inspect.unwrap(value) if own and callable(value) else None
            if inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner):
                found.add(f"{info.name.removeprefix('cloud.store.')}.{name}")
    return found


def test_every_query_has_a_case() -> None:
    tried = {name.partition(" ")[0] for name in CASES}
    missing = _queries() - tried - set(NO_QUERIES)
    assert not missing, f"add a line for each to tests/integration/queries: {sorted(missing)}"


def test_no_case_is_of_a_query_that_is_gone() -> None:
    tried = {name.partition(" ")[0] for name in CASES}
    assert (tried | set(NO_QUERIES)) <= _queries()
    assert not tried & set(NO_QUERIES)
