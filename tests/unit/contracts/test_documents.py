"""A settings file's errors say file, line, key, what was found and what is allowed."""

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from contracts.documents import DocumentError, parse


class Camera(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    lost_after_s: float = Field(default=8, gt=0, le=60)
    codec: Literal["h264", "hevc"] = "h264"


class Box(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: str
    cameras: tuple[Camera, ...] = ()


def _errors(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        parse(text, Box, "edge.yaml")
    return str(caught.value).splitlines()


def test_a_good_file_is_a_value() -> None:
    text = "agent: box\ncameras:\n  - id: east\n    lost_after_s: 5\n"
    assert parse(text, Box, "edge.yaml") == Box(agent="box", cameras=(Camera(id="east", lost_after_s=5),))


def test_a_wrong_value_is_told_with_file_line_key_found_and_allowed() -> None:
    assert _errors("agent: box\ncameras:\n  - id: east\n    lost_after_s: 99\n") == [
        "edge.yaml:4: cameras.0.lost_after_s: found 99; Input should be less than or equal to 60"
    ]


def test_the_allowed_words_are_named() -> None:
    assert _errors("agent: box\ncameras:\n  - id: east\n    codec: mjpeg\n") == [
        "edge.yaml:4: cameras.0.codec: found 'mjpeg'; Input should be 'h264' or 'hevc'"
    ]


def test_an_unknown_key_is_named_where_it_stands() -> None:
    assert _errors("agent: box\n\nkameras: []\n") == ["edge.yaml:3: kameras is not a key that is known here"]


def test_a_missing_key_is_named_at_the_part_that_lacks_it() -> None:
    assert _errors("agent: box\ncameras:\n  - codec: h264\n") == ["edge.yaml:3: cameras.0.id is missing"]


def test_an_empty_file_lacks_every_key() -> None:
    assert _errors("") == ["edge.yaml:1: agent is missing"]


def test_every_mistake_has_its_own_line() -> None:
    assert len(_errors("agent: [1]\nextra: 1\ncameras: 3\n")) == 3


def test_what_is_no_yaml_is_told_with_its_line() -> None:
    (line,) = _errors("agent: box\ncameras: [\n")
    assert line.startswith("edge.yaml:3: this is no YAML: ")


def test_a_list_where_a_mapping_belongs_is_told() -> None:
    (line,) = _errors("- 1\n- 2\n")
    assert line.startswith("edge.yaml:1: the document: found [1, 2]; ")


def test_a_long_value_is_cut_for_the_reader() -> None:
    (line,) = _errors(f"agent: box\ncameras: {'x' * 500}\n")
    assert len(line) < 160


def test_a_file_that_builds_objects_is_refused_not_run() -> None:
    (line,) = _errors("agent: !!python/object/apply:os.getcwd []\n")
    assert "edge.yaml:1: this is no YAML" in line
