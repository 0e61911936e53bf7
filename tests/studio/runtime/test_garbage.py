"""Garbage is collected on the GUI thread, whichever thread makes it."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from composer_app.studio.runtime.garbage import GarbageCollection


class Closed(QObject):
    """Something of Qt's that is part of a cycle, as dialogs are."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture
def collection(qtbot: QtBot) -> Iterator[GarbageCollection]:
    gc.enable()
    gc.collect()
    made = GarbageCollection()
    yield made
    made.end()


def collected_by() -> list[int]:
    """Where, in future, the thread stands that collects a dialog nobody has any more."""
    threads: list[int] = []
    weakref.finalize(Closed(), lambda: threads.append(threading.get_ident()))
    return threads


def litter() -> None:
    """In a thread, make so much that Python would collect there."""

    def make() -> None:
        kept: list[list[int]] = [[] for _ in range(20 * gc.get_threshold()[0])]
        assert kept

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()


def test_other_threads_do_not_collect(collection: GarbageCollection, qtbot: QtBot) -> None:
    threads = collected_by()
    litter()
    assert threads == [], "nobody has collected yet"
    # The litter has gone again: what counts is what was made and not thrown away, by anybody.
    kept: list[list[int]] = []

    def collected() -> bool:
        kept.extend([] for _ in range(2 * gc.get_threshold()[0]))
        return bool(threads)

    qtbot.waitUntil(collected)
    assert threads == [threading.get_ident()]


def test_older_garbage_has_its_turn(collection: GarbageCollection) -> None:
    threads: list[int] = []
    dialog = Closed()
    weakref.finalize(dialog, lambda: threads.append(threading.get_ident()))
    # It grows old before it is closed: only the oldest generation's turn finds it.
    gc.collect(0)
    gc.collect(1)
    del dialog
    for _ in range(gc.get_threshold()[2] + 1):
        gc.collect(1)
    assert threads == []
    collection.collect_due()
    assert threads == [threading.get_ident()]


def test_at_the_end_python_collects_again(qtbot: QtBot) -> None:
    made = GarbageCollection()
    assert not gc.isenabled()
    threads = collected_by()
    made.end()
    assert gc.isenabled()
    assert threads == [threading.get_ident()]
