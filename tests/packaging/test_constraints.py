"""The exact versions of constraints.txt, and how they go with the rest of the project."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from upgrade import PYTHONS, changes, requirements

from composer_app.package_names import MIDI_BUILT_FROM


@pytest.fixture(scope="module")
def pinned(repository: Path) -> list[Requirement]:
    lines = (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def project(repository: Path) -> Any:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def on(python: str) -> dict[str, str]:
    """What markers ask for, on Linux with this Python."""
    return {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": "linux",
        "os_name": "posix",
        "extra": "",
    }


def test_it_has_names_and_exact_versions_and_nothing_else(pinned: list[Requirement]) -> None:
    for requirement in pinned:
        assert requirement.url is None
        assert not requirement.extras
        (version,) = requirement.specifier
        assert version.operator == "=="
        # A local version is that of one machine's own build.
        assert "+" not in version.version


@pytest.mark.parametrize("python", PYTHONS)
def test_each_requirement_has_one_version_that_satisfies_it(
    pinned: list[Requirement], project: Any, python: str
) -> None:
    here = on(python)
    versions: dict[str, str] = {}
    for requirement in pinned:
        if requirement.marker is None or requirement.marker.evaluate(here):
            name = canonicalize_name(requirement.name)
            assert name not in versions
            (version,) = requirement.specifier
            versions[name] = version.version
    for asked in map(Requirement, requirements()):
        if asked.marker is None or asked.marker.evaluate(here):
            assert asked.specifier.contains(versions[canonicalize_name(asked.name)])


def test_torch_is_named_by_the_makefile_alone(repository: Path, pinned: list[Requirement]) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    (torch,) = re.findall(r"^TORCH \?= (.*)$", makefile, re.MULTILINE)
    text = (repository / "constraints.txt").read_text(encoding="utf-8")
    assert f"\n# With {torch}:\n" in text
    names = {requirement.name for requirement in pinned}
    assert not [name for name in names if name.startswith(("torch", "nvidia", "cuda", "triton"))]


def test_rtmidi_is_there_by_default_where_it_has_wheels_and_else_as_an_extra(project: Any) -> None:
    (rtmidi,) = [each for each in project["dependencies"] if each.startswith("python-rtmidi")]
    marker = Requirement(rtmidi).marker
    assert marker is not None
    for python in PYTHONS:
        built = tuple(map(int, python.split("."))) >= MIDI_BUILT_FROM
        assert marker.evaluate(on(python)) is not built
    assert project["optional-dependencies"]["midi"] == [rtmidi.split(";")[0]]


def test_what_an_upgrade_changes_is_said() -> None:
    before = "# With torch==1:\na==1\nb==1 ; python_version < '3.12'\nc==1\n"
    after = "a==1\nb==1 ; python_version < '3.12'\nb==2 ; python_version >= '3.12'\nd==4\n"
    assert list(changes(before, after)) == [
        "  b: 1 ; python_version < '3.12' -> 1 ; python_version < '3.12', 2 ; python_version >="
        " '3.12'",
        "  c: 1 -> gone",
        "  d: new -> 4",
    ]
