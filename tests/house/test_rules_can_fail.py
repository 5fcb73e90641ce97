"""A rule that cannot fail guards nothing: each is fed a source that breaks it, and one that does not."""

from pathlib import PurePosixPath

import pytest

from tests.house.rules import RULES, Source, findings

BODY_61 = "\n".join(f"    a{n} = {n}" for n in range(61))
LATER = "TO" + "DO"
INDEX = "https://" + "pypi" + ".org/simple"

BAD = [
    ("no_class_derives_from_a_thread", "edge/a.py", "class Reader(threading.Thread):\n    pass\n"),
    ("no_class_derives_from_a_thread", "edge/a.py", "class Reader(Process):\n    pass\n"),
    ("every_queue_has_a_bound", "edge/a.py", "q = queue.Queue()\n"),
    ("every_queue_has_a_bound", "edge/a.py", "q = asyncio.Queue[int]()\n"),
    ("every_queue_has_a_bound", "cloud/a.py", "q = Queue(maxsize=0)\n"),
    ("every_queue_has_a_bound", "cloud/a.py", "q = SimpleQueue()\n"),
    ("every_queue_has_a_bound", "cloud/a.py", "q = deque([1, 2])\n"),
    ("clocks_are_read_in_clock_py_only", "edge/core/a.py", "at = datetime.now(UTC)\n"),
    ("clocks_are_read_in_clock_py_only", "edge/core/a.py", "at = datetime.datetime.now(UTC)\n"),
    ("clocks_are_read_in_clock_py_only", "cloud/a.py", "read = time.monotonic\n"),
    ("clocks_are_read_in_clock_py_only", "cloud/a.py", "from time import time\n"),
    ("only_composition_roots_take_whole_settings", "edge/a.py", "def f(settings: Settings): ...\n"),
    ("only_composition_roots_take_whole_settings", "cloud/a.py", "async def f(*, s: config.Settings): ...\n"),
    ("files_are_short", "edge/a.py", "a = 1\n" * 401),
    ("files_are_short", "dashboards/web/static/a.js", "1;\n" * 401),
    ("functions_are_short", "edge/a.py", f"def f():\n{BODY_61}\n"),
    ("few_positional_parameters", "edge/a.py", "def f(a, b, c, d, e, f, g): ...\n"),
    ("few_positional_parameters", "edge/a.py", "class A:\n    def f(self, a, b, c, d, e, f, g): ...\n"),
    ("every_module_opens_with_what_it_does", "edge/a.py", "a = 1\n"),
    ("nothing_is_left_for_later", "edge/a.py", f"a = 1  # {LATER}: mend\n"),
    ("nothing_is_left_for_later", "docs/a.md", f"{LATER}\n"),
    ("no_error_is_swallowed", "edge/a.py", "try:\n    f()\nexcept Exception:\n    pass\n"),
    (
        "no_error_is_swallowed",
        "edge/a.py",
        "for a in b:\n    try:\n        f()\n    except:\n        continue\n",
    ),
    ("no_error_is_swallowed", "edge/a.py", "def f():\n    raise NotImplementedError\n"),
    ("no_path_or_index_of_a_build_machine", "requirements/a.txt", f"{'--index'}-url {INDEX}\n"),
    ("no_path_or_index_of_a_build_machine", "docs/a.md", "see /" + "root/x/y\n"),
    ("no_path_or_index_of_a_build_machine", "docs/a.md", "see /" + "home/ann/x\n"),
    ("tests_wait_for_conditions", "tests/a.py", "time.sleep(0.1)\n"),
    ("tests_wait_for_conditions", "tests/a.py", "await asyncio.sleep(2)\n"),
]

GOOD = [
    ("no_class_derives_from_a_thread", "edge/a.py", "class Reader:\n    thread: threading.Thread\n"),
    (
        "every_queue_has_a_bound",
        "edge/a.py",
        "q = asyncio.Queue[int](4)\nd = deque(maxlen=9)\ne = deque([], 9)\n",
    ),
    ("clocks_are_read_in_clock_py_only", "edge/clock.py", "at = datetime.now(UTC)\n"),
    ("clocks_are_read_in_clock_py_only", "edge/a.py", "took = time.perf_counter()\nat = clock.now()\n"),
    ("only_composition_roots_take_whole_settings", "edge/a.py", "def f(broker: BrokerSettings): ...\n"),
    ("files_are_short", "edge/a.py", "a = 1\n" * 400),
    (
        "functions_are_short",
        "edge/a.py",
        f"def f():\n{BODY_61}\n".replace("    a60 = 60\n", "").replace("a59", "b")[:-12],
    ),
    ("few_positional_parameters", "edge/a.py", "def f(a, b, c, d, e, f, *, g, h): ...\n"),
    ("few_positional_parameters", "edge/a.py", "class A:\n    def f(self, a, b, c, d, e, f): ...\n"),
    ("every_module_opens_with_what_it_does", "edge/a.py", '"""Does this."""\na = 1\n'),
    ("every_module_opens_with_what_it_does", "edge/__init__.py", ""),
    ("nothing_is_left_for_later", "edge/a.py", "todo = 1\n"),
    ("no_error_is_swallowed", "edge/a.py", "try:\n    f()\nexcept Exception:\n    count()\n"),
    ("no_error_is_swallowed", "edge/a.py", "try:\n    f()\nexcept KeyError:\n    pass\n"),
    ("no_path_or_index_of_a_build_machine", "docs/a.md", "data lie under ./var and /var/lib/fallwatch\n"),
    ("tests_wait_for_conditions", "tests/a.py", "await asyncio.sleep(0.01)\nawait asyncio.sleep(0)\n"),
]


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_the_rule_finds_what_breaks_it(rule: str, path: str, text: str) -> None:
    assert findings(rule, Source(PurePosixPath(path), text))


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_the_rule_is_silent_about_what_keeps_it(rule: str, path: str, text: str) -> None:
    assert not findings(rule, Source(PurePosixPath(path), text))


def test_every_rule_is_shown_to_fail_and_to_be_silent() -> None:
    assert {rule for rule, _, _ in BAD} == {rule for rule, _, _ in GOOD} == set(RULES)
