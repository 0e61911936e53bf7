"""Moments as people say them, and as their system writes them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QLocale

from composer_app.studio.document.moments import clock_time, day_and_time

NOW = datetime(2026, 11, 29, 14, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_locale() -> Iterator[None]:
    before = QLocale()
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("language", "moment", "day", "clock"),
    [
        ("en_GB", datetime(2026, 11, 29, 0, 5, tzinfo=UTC), "today 00:05", "00:05"),
        ("en_GB", datetime(2026, 11, 28, 23, 59, tzinfo=UTC), "yesterday 23:59", None),
        ("en_GB", datetime(2026, 11, 27, 14, 2, tzinfo=UTC), "27/11/2026 14:02", None),
        ("de_DE", datetime(2026, 11, 27, 14, 2, tzinfo=UTC), "27.11.26 14:02", None),
        # A clock that was set back.
        ("en_GB", datetime(2026, 11, 30, 9, 0, tzinfo=UTC), "30/11/2026 09:00", None),
    ],
)
def test_a_day_and_a_time(language: str, moment: datetime, day: str, clock: str | None) -> None:
    QLocale.setDefault(QLocale(language))
    assert day_and_time(moment, NOW) == day
    assert clock_time(moment, NOW) == (clock or day)


def test_who_reads_nothing_in_particular_is_told_no_seconds() -> None:
    QLocale.setDefault(QLocale.c())
    assert clock_time(NOW, NOW) == "14:02"


def test_the_readers_clock_may_have_twelve_hours() -> None:
    QLocale.setDefault(QLocale("en_US"))
    # The space before PM is not everywhere the same.
    assert " ".join(day_and_time(NOW, NOW).split()) == "today 2:02 PM"
