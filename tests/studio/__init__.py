"""Tests of the window, and programs of theirs: Qt is imported as the studio imports it."""

import gc

from composer_app.studio.runtime.preload import import_qt

import_qt()
gc.enable()
