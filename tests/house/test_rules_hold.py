"""The whole tree keeps the house rules, and the exceptions to them are still needed."""

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.house.exceptions import ALLOWED
from tests.house.rules import RULES, findings
from tests.house.tree import ROOT, committed, sources

MAX_BYTES = 1_000_000


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_keeps_the_rule(rule: str) -> None:
    broken = [
        str(finding)
        for source in sources()
        if (rule, str(source.path)) not in ALLOWED
        for finding in findings(rule, source)
    ]
    assert not broken, f"{RULES[rule].__doc__}\n" + "\n".join(broken)


def test_every_exception_is_still_needed_and_has_a_reason() -> None:
    by_path = {str(source.path): source for source in sources()}
    assert all(ALLOWED.values())
    assert not [(rule, path) for rule, path in ALLOWED if not findings(rule, by_path[path])], (
        "strike these out"
    )


def test_no_committed_file_is_larger_than_a_megabyte() -> None:
    assert not [str(path) for path in committed() if (ROOT / path).stat().st_size > MAX_BYTES]


def test_nothing_that_is_made_is_committed() -> None:
    made = re.compile(
        r"(^|/)(var|build|dist|node_modules|__pycache__|dashboards/web/vendor)/|\.(pyc|whl|key|pem|db)$"
    )
    assert not [str(path) for path in committed() if made.search(str(path))]


def _package_hosts() -> set[str]:
    """Hosts that this machine fetches packages from, whatever they are called here."""
    names = re.compile(r"INDEX_URL|REGISTRY|_PROXY$", re.IGNORECASE)
    told = [value for name, value in os.environ.items() if names.search(name)]
    shown = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    told += re.findall(r"https?://[^\s'\"]+", shown)
    npmrc = Path.home() / ".npmrc"
    if npmrc.is_file():
        parser = configparser.ConfigParser(allow_no_value=True, interpolation=None, strict=False)
        parser.read_string("[npm]\n" + npmrc.read_text())
        told += [parser.get("npm", "registry", fallback="")]
    hosts = {urlsplit(address).hostname for address in told}
    return {host for host in hosts if host and host not in {"localhost", "127.0.0.1"}}


def test_no_file_names_where_this_machine_gets_its_packages() -> None:
    hosts = _package_hosts()
    named = [(str(source.path), host) for source in sources() for host in hosts if host in source.text]
    assert not named


def test_no_file_names_the_folder_of_this_checkout() -> None:
    assert not [str(source.path) for source in sources() if f"{ROOT}/" in source.text]
