"""What the documents point to is there: files, pictures, make targets, commands."""

import re
from pathlib import Path

import pytest

from composer_app.cli import main

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))


def text_of(document: Path) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def test_the_documents_are_there() -> None:
    names = {str(document) for document in DOCUMENTS}
    expected = {"README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"}
    assert expected | {"docs/user-guide.md", "docs/training.md"} <= names


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text_of(document))
    missing = [
        target
        for target in targets
        if "://" not in target and not (ROOT / document.parent / target).exists()
    ]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_make_knows_its_targets(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)|^make ([a-z]+)", text_of(document), re.MULTILINE))
    assert {first or second for first, second in named} <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_commands_exist(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = set(re.findall(r"composer-app ([a-z]+)", text_of(document)))
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE))
    assert named <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_modules_that_are_named_exist(document: Path) -> None:
    """Paths in back quotes that look like files of this repository."""
    paths = re.findall(
        r"`((?:composer_app|scripts|tests|docs|assets)/[\w./-]+)`", text_of(document)
    )
    assert [path for path in paths if not (ROOT / path).exists()] == []
