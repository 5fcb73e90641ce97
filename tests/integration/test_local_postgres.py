"""The embedded PostgreSQL, as the demo and the tests use it."""

import stat
from pathlib import Path

import psycopg
import pytest

from fallwatch.local import postgres


@pytest.fixture
def folder(reachable_tmp_path: Path) -> Path:
    return reachable_tmp_path / "postgres"


def _one(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


def test_data_survive_a_restart_of_the_server(folder: Path) -> None:
    with (
        postgres.running(folder, settings=postgres.THROW_AWAY) as server,
        psycopg.connect(server.url("postgres"), autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('花')")
    with postgres.running(folder, settings=postgres.THROW_AWAY) as server:
        assert _one(server.url("postgres"), "SELECT word FROM kept") == "花"


def test_a_server_that_already_runs_is_used_and_left_running(folder: Path) -> None:
    with postgres.running(folder, settings=postgres.THROW_AWAY) as first:
        with postgres.running(folder) as second:
            assert second.port == first.port
        assert _one(first.url("postgres"), "SELECT 1") == 1


def test_a_wrong_password_is_refused(folder: Path) -> None:
    with postgres.running(folder, settings=postgres.THROW_AWAY) as server:
        url = server.url("postgres").replace(server.password, "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url)


def test_the_password_file_is_ours_alone_and_the_server_is_not_root(folder: Path) -> None:
    with postgres.running(folder, settings=postgres.THROW_AWAY) as server:
        assert stat.S_IMODE((folder / "password").stat().st_mode) == 0o600
        assert server.cluster.stat().st_uid != 0
        assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700


def test_a_checkout_that_nobody_can_reach_gets_its_cluster_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reachable_tmp_path: Path
) -> None:
    if tmp_path.owner() != "root":
        pytest.skip("only root has to run the server under another account")
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    monkeypatch.setattr(postgres, "AWAY", reachable_tmp_path / "away")
    with postgres.running(hidden / "postgres", settings=postgres.THROW_AWAY) as server:
        assert server.cluster.is_relative_to(reachable_tmp_path / "away")
        assert str(server.bin_dir).startswith(str(reachable_tmp_path / "away"))
        assert _one(server.url("postgres"), "SELECT 1") == 1
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
