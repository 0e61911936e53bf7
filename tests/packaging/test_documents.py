"""What the documents point to is there: files, pictures, make targets, commands."""

import ast
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


# What begins a thread, as a name or as the last part of one.
THREADS = {"Thread", "QThread", "Timer", "ThreadPoolExecutor", "QThreadPool", "start_new_thread"}


def begins_a_thread(source: str) -> bool:
    """Whether anything in ``source`` calls what begins a thread."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    names = (
        call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls
    )
    return bool(THREADS & set(names))


@pytest.mark.parametrize(
    "source",
    [
        "import threading\nthreading.Thread(target=print).start()",
        "from threading import Timer\nTimer(1, print).start()",
        "from PySide6.QtCore import QThread\nQThread()",
        "from concurrent import futures\nwith futures.ThreadPoolExecutor(1): pass",
    ],
)
def test_threads_are_found(source: str) -> None:
    assert begins_a_thread(source)
    assert not begins_a_thread("from PySide6.QtCore import QTimer\nQTimer()")


def test_every_thread_is_in_the_table() -> None:
    package = ROOT / "composer_app"
    begun = {
        str(path.relative_to(package).with_suffix(""))
        for path in package.rglob("*.py")
        if begins_a_thread(path.read_text(encoding="utf-8"))
    }
    _, _, rest = text_of(Path("ARCHITECTURE.md")).partition("| thread |")
    table, _, _ = rest.partition("\n\n")
    named = set(re.findall(r"^\| [^|(]*\(`([\w/]+)`\)", table, re.MULTILINE))
    assert named == begun


def test_both_ways_to_compose_call_the_function_that_is_named() -> None:
    text = " ".join(text_of(Path("ARCHITECTURE.md")).split())
    (function,) = re.findall(r"both call `composer_app\.generation\.composing\.(\w+)`", text)
    for module in ("generation/commands.py", "studio/generate/generation_worker.py"):
        source = (ROOT / "composer_app" / module).read_text(encoding="utf-8")
        assert re.search(rf"\b{function}\(", source), module


# What asks a widget or an action of Qt for what a person has chosen or sees.
READ_BACK = {
    "isChecked",
    "isVisible",
    "isHidden",
    "isEnabled",
    "value",
    "text",
    "currentText",
    "currentIndex",
    "currentData",
    "toPlainText",
}


def test_controllers_read_nothing_back_from_widgets() -> None:
    controllers = sorted((ROOT / "composer_app" / "studio").rglob("*_controller.py"))
    assert len(controllers) > 10
    read = [
        f"{path.name}: {node.func.attr}"
        for path in controllers
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in READ_BACK
    ]
    assert read == []
