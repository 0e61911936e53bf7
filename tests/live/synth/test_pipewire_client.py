"""PipeWire's client library is initialised once, and keeps silent."""

import ctypes
import os
from typing import Any

import pytest

from composer_app.live.synth import pipewire_client
from composer_app.live.synth.pipewire_client import initialise_pipewire


class Library:
    """A PipeWire library that counts how often it is initialised."""

    def __init__(self) -> None:
        self.initialised = 0

        def pw_init(argc: Any, argv: Any) -> None:
            self.initialised += 1

        self.pw_init = pw_init


@pytest.fixture(autouse=True)
def nothing_initialised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipewire_client, "_initialised", [])
    monkeypatch.delenv("PIPEWIRE_DEBUG", raising=False)


def test_it_is_initialised_once_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    initialise_pipewire()
    initialise_pipewire()
    assert library.initialised == 1
    assert os.environ["PIPEWIRE_DEBUG"] == "0"


def test_who_asks_for_its_messages_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library())
    monkeypatch.setenv("PIPEWIRE_DEBUG", "3")
    initialise_pipewire()
    assert os.environ["PIPEWIRE_DEBUG"] == "3"


def test_a_machine_without_pipewire_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise OSError("cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", nothing)
    initialise_pipewire()
