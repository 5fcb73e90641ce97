"""A file that takes seconds to make is made once for a module, on a database of its own; none changes it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

from fallwatch.local.pki import Authority
from fallwatch.local.postgres import PostgresServer
from tests.fixtures.databases import fresh
from tests.fixtures.time_stamps import TimeStampAuthority

Of = TypeVar("Of")


class Once(Protocol):
    """Runs what makes something of a database's address, a folder and both authorities."""

    def __call__(
        self, make: Callable[[str, Path, Authority, TimeStampAuthority], Coroutine[Any, Any, Of]], /
    ) -> Of: ...


@pytest.fixture(scope="module")
def once(
    postgres_server: PostgresServer,
    _template: str,
    authority: Authority,
    _stamping: TimeStampAuthority,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Once]:
    _stamping.mood = "well"
    folder = tmp_path_factory.mktemp("made")
    # A thread of its own: pytest-asyncio may hold an event loop in this one.
    with fresh(postgres_server, _template) as url, ThreadPoolExecutor(1) as thread:

        def made(make: Callable[[str, Path, Authority, TimeStampAuthority], Coroutine[Any, Any, Of]]) -> Of:
            return thread.submit(asyncio.run, make(url, folder, authority, _stamping)).result()

        yield made
