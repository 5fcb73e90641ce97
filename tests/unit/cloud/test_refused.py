"""What the server says no to has a sentence in Chinese on the pages, which names what the English one may."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from pydantic import ValidationError

from cloud.api import problems
from cloud.core.estate import Estate
from cloud.core.refused import At, Refused, objection

ROOT = Path(__file__).resolve().parents[3]
WORDS = (ROOT / "dashboards" / "web" / "static" / "words" / "refusals.js").read_text(encoding="utf-8")
SENTENCES = dict(re.findall(r'^  (\w+): "(.*)",$', WORDS, re.MULTILINE))


def raised() -> dict[str, set[str]]:
    """Code → what its sentence may name, of every objection in the cloud's code."""
    found: dict[str, set[str]] = {}
    texts = (file.read_text(encoding="utf-8") for file in (ROOT / "cloud").rglob("*.py"))
    for text in texts:
        # Parsing is what takes time.
        for node in ast.walk(ast.parse(text)) if "objection(" in text or "_note(" in text else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"objection", "self._note"}:
                code = ast.literal_eval(node.args[0])
                found[code] = {each.arg for each in node.keywords if each.arg is not None}
    return found


def named(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_each_has_a_sentence_in_chinese_that_names_what_it_may() -> None:
    found = raised()
    assert len(found) > 50
    assert found.keys() - SENTENCES.keys() == set()
    wrong = {code for code, values in found.items() if not named(SENTENCES[code]) <= values}
    assert wrong == set(), "they name what the objection does not tell"


def test_a_problem_tells_each_with_its_code_where_it_is_and_what_it_names() -> None:
    at = At("line", 4, "C")
    error = Refused(objection("cell_unread", "{column} is {found}", column="x", found="?").found_at(at))
    found = problems.refused(error)
    assert (found.status, found.detail) == (422, "line 4 (C): x is ?")
    assert found.more["objections"] == [
        {
            "code": "cell_unread",
            "detail": "x is ?",
            "values": {"column": "x", "found": "?"},
            "field": None,
            "at": {"of": "line", "number": 4, "name": "C"},
        }
    ]


def test_what_a_model_does_not_take_is_told_by_field_and_code() -> None:
    tower = {"id": "3", "footprint": [[0, 0], [20, 20], [20, 0], [0, 20]], "floors": 3}
    estate = {"id": "e", "name": {"zh": "园", "en": "E"}, "buildings": [tower, tower | {"floors": 0}]}
    with pytest.raises(ValidationError) as refused:
        Estate.model_validate(estate)
    told = problems.refused(refused.value).more["objections"]
    assert [(each["code"], each["field"]) for each in told] == [
        ("footprint_crosses", "buildings.0"),
        ("greater_than_equal", "buildings.1.floors"),
    ]
    assert told[1]["values"] == {"ge": 1}
