"""People are kept at the command line as on their page, and the audit log tells of each change."""

import psycopg
import pytest
from click.testing import CliRunner, Result

from cloud.__main__ import main

NAMES = ["--display-zh", "李", "--display-en", "Li"]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> "Run":
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("FALLWATCH_PASSWORD", "long enough to keep")
    with psycopg.connect(database_url) as conn:
        conn.execute("INSERT INTO estate (id, name_zh, name_en) VALUES ('garden', '园', 'Garden')")
    return Run(database_url)


class Run:
    """The commands, and what they leave behind."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["user", *words])

    def told(self) -> list[tuple[str, str, bool]]:
        with psycopg.connect(self._url) as conn:
            rows = conn.execute(
                "SELECT action, content ->> 'role', (content ->> 'disabled')::boolean FROM audit"
                " WHERE by = 'system' AND subject = 'li' AND content ? 'at_the_machine' ORDER BY id"
            )
            return list(rows.fetchall())

    def execute(self, statement: str) -> None:
        with psycopg.connect(self._url) as conn:
            conn.execute(statement.encode())


def test_each_change_at_the_command_line_is_entered_in_the_audit_log(run: Run) -> None:
    assert run("add", "li", "--role", "desk", "--estate", "garden", *NAMES).exit_code == 0
    assert run("disable", "li").exit_code == 0
    assert "li    desk  garden   no             disabled" in run("list").output
    assert run("enable", "li").exit_code == 0
    assert "as manager, for every estate" in run("rights", "li", "--role", "manager", "--every-estate").output
    assert run("password", "li").exit_code == 0
    run.execute("INSERT INTO second_factor (username, secret, created_at) VALUES ('li', 'x', now())")
    assert run("drop-factor", "li").exit_code == 0
    assert "li    manager  every estate  no             open" in run("list").output
    assert run.told() == [
        ("account_added", "desk", False),
        ("account_changed", "desk", True),
        ("account_changed", "desk", False),
        ("account_changed", "manager", False),
        ("password_reset", "manager", False),
        ("second_factor_reset", "manager", False),
    ]


def test_what_cannot_be_done_ends_in_a_sentence_and_leaves_no_entry(run: Run) -> None:
    for words, sentence in (
        (["disable", "li"], "there is no account li"),
        (["rights", "li"], "say what changes"),
        (["add", "li", "--role", "desk", *NAMES], "say which estates"),
        (["add", "li", "--role", "desk", "--estate", "moon", *NAMES], "estate"),
    ):
        answer = run(*words)
        assert answer.exit_code == 1
        assert sentence in answer.output
    assert run.told() == []
