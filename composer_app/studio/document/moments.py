"""Moments as people say them: today 14:02."""

from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QLocale, QTime


def clock_time(moment: datetime, now: datetime) -> str:
    """The time of day, with the day where that is not today: "14:02", "yesterday 14:02"."""
    return _time(moment) if moment.date() == now.date() else day_and_time(moment, now)


def day_and_time(moment: datetime, now: datetime) -> str:
    """ "today 14:02", "yesterday 14:02", or a date; both as the reader's system writes them."""
    days = (now.date() - moment.date()) // timedelta(days=1)
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {_time(moment)}"
    date = QLocale().toString(
        QDate(moment.year, moment.month, moment.day), QLocale.FormatType.ShortFormat
    )
    return f"{date} {_time(moment)}"


def _time(moment: datetime) -> str:
    time, reader = QTime(moment.hour, moment.minute), QLocale()
    if reader.language() == QLocale.Language.C:
        # Where nobody has said what they read, Qt would add the seconds.
        return time.toString("HH:mm")
    return reader.toString(time, QLocale.FormatType.ShortFormat)
