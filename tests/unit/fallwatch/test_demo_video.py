"""What may stand in VIDEO."""

from pathlib import Path

import pytest

from fallwatch.demo.progress import Progress
from fallwatch.demo.video import OwnStream, is_stream, servable
from fallwatch.local.children import PartError


def test_an_address_is_shown_without_user_and_password() -> None:
    shown = OwnStream("rtsp://admin:hunter2@10.0.0.7:554/h264?token=x").shown
    assert shown == "rtsp://10.0.0.7:554/h264"


def test_addresses_and_files_are_told_apart() -> None:
    assert is_stream("rtsp://camera/1")
    assert not is_stream("holiday.mp4")


@pytest.mark.parametrize("content", [None, b"", b"no video at all\n" * 100])
def test_what_is_no_video_is_refused_in_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PartError) as refused:
        servable(path, tmp_path / "encoded", Progress())
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "Errno" not in str(refused.value)
