"""Files are read whatever stands in their place, without waiting and within limits."""

import os
from pathlib import Path

import pytest

from composer_app.music.files.regular_file import is_file, is_folder, open_regular, read_regular
from composer_app.music.files.safe_file import failure_reason
from tests.irregular import IRREGULAR, put_irregular


@pytest.mark.parametrize("kind", IRREGULAR)
def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing"
    reason = put_irregular(path, kind)
    with pytest.raises(OSError, match=r".") as caught:
        open_regular(path)
    assert reason in str(failure_reason(caught.value))


def test_a_file_is_read_also_through_links(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"music")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "link", 5) == b"music"
    with open_regular(tmp_path / "file") as file:
        assert file.read() == b"music"


def test_a_file_beyond_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(OSError, match="larger than 2 MB"):
        read_regular(path, 2_000_000)


def test_what_is_there_can_be_asked_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    assert is_folder(tmp_path)
    assert is_file(tmp_path / "file")
    assert not is_file(tmp_path)
    assert not is_folder(tmp_path / "file")
    for name in ("missing", "n" * 5000, "a\0b", "file/inside"):
        assert not is_file(tmp_path / name)
        assert not is_folder(tmp_path / name)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    # Root may look everywhere.
    monkeypatch.setattr(Path, "stat", refuse)
    assert not is_file(tmp_path / "file")
    assert not is_folder(tmp_path)


def test_a_name_that_is_none_is_no_file() -> None:
    with pytest.raises(ValueError, match="null"):
        open_regular(Path("a\0b"))


def test_what_takes_the_place_of_a_file_meanwhile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.touch()
    look = Path.stat

    def look_and_replace(name: Path) -> os.stat_result:
        found = look(name)
        path.unlink()
        os.mkfifo(path)
        return found

    monkeypatch.setattr(Path, "stat", look_and_replace)
    with pytest.raises(OSError, match=r".") as caught:
        open_regular(path)
    assert str(failure_reason(caught.value)) == "it is not a regular file"
