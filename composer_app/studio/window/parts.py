"""The parts of the window: its panels in their places, and the controllers that move them.

The panels are made first, so that the window can be seen; what the controllers need is imported
when they are made.
"""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow, QMenu

from composer_app.studio.document.current_selection import CurrentSelection
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.generate_panel import GeneratePanel
from composer_app.studio.keyboard.panel import KeyboardPanel
from composer_app.studio.messages.bar import MessageBar
from composer_app.studio.mixer.panel import MixerPanel
from composer_app.studio.recording.step_input_bar import StepInputBar
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.statistics.dock import StatisticsDock
from composer_app.studio.statistics.panel import StatisticsPanel
from composer_app.studio.transport.transport_bar import TransportBar
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.window.layout import Arrangement
from composer_app.studio.window.menus import Menus
from composer_app.studio.window.piece_tabs import PieceTabs

if TYPE_CHECKING:
    from composer_app.studio.window.services import Services


class WindowParts(QMainWindow):
    """Makes everything that the window is made of; the main window connects and shows it."""

    _services: "Services"

    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        super().__init__()
        self._settings = settings
        self.chosen = CurrentSelection(self)
        self.choices = GenerationChoices(self)
        self._make_views(jobs)
        self._lay_out()

    def _make_views(self, jobs: Jobs) -> None:
        self.commands = Actions(self)
        self.midi_menu = QMenu(self)
        self._centre = centre = Arrangement(self)
        # In the order in which Tab goes through them.
        self.mixer = MixerPanel(centre.right)
        self.statistics_dock = StatisticsDock(centre.right)
        self.statistics = StatisticsPanel(jobs, self.statistics_dock)
        self.statistics_dock.hold(self.statistics)
        self.transport_bar = TransportBar(self.commands, self.midi_menu, centre)
        self.generate_panel = GeneratePanel(self.commands, self.choices, centre)
        self.views = PieceTabs(centre)
        self.roll = PianoRollView(self.chosen, self.views)
        self.views.hold(self.roll)
        self._step_bar = StepInputBar(self.commands)
        self.keyboard_panel = KeyboardPanel(self.commands)
        self.keyboard = self.keyboard_panel.keyboard
        self.message_bar = MessageBar()
        self.menus = Menus(
            self.menuBar(),
            self.commands,
            self._settings,
            self.midi_menu,
            self.transport_bar.quantize_menu,
            self.transport_bar.metronome_menu,
        )

    def _lay_out(self) -> None:
        centre = self._centre
        centre.arrange(
            toolbar=self.transport_bar,
            left=self.generate_panel,
            piece=self.views,
            mixer=self.mixer,
            statistics=self.statistics_dock,
            step_bar=self._step_bar,
            keyboard=self.keyboard_panel,
            messages=self.message_bar,
        )
        self.setCentralWidget(centre)
        # No control has the focus at first: the letters play and the space bar starts.
        centre.setFocus()

    def make_controllers(self, services: "Services") -> None:
        """Make whatever moves the panels."""
        self._services = services
        self._make_playing_controllers()
        self._make_file_controllers()
        self._make_music_controllers()
        self._make_reporting_controllers()

    def _make_playing_controllers(self) -> None:
        from composer_app.studio.mixer.mix_controller import MixController
        from composer_app.studio.recording.recording_tools import RecordingTools
        from composer_app.studio.sound.playback_controller import PlaybackController
        from composer_app.studio.transport.bar_menu import BarMenu
        from composer_app.studio.transport.transport_controller import TransportController
        from composer_app.studio.window.history_controller import HistoryController
        from composer_app.studio.window.piece_view import PieceView

        services = self._services
        document = services.document
        settings = self._settings
        bar = self.message_bar
        self.playback = PlaybackController(document, services.player, services.sound, self)
        self.mix = MixController(self.mixer, self.playback, document, settings, self)
        self.tools = RecordingTools(
            self.commands,
            document,
            settings,
            services.live,
            services.player,
            services.clock,
            services.recovery,
            self.playback,
            self.transport_bar.quantize_menu,
            bar,
            self.roll.set_playhead,
            self._step_bar,
            self,
        )
        self.recording = self.tools.recording
        self.history = HistoryController(self.commands, document, self.recording, self)
        self.transport = TransportController(
            self.commands,
            self.transport_bar,
            document,
            self.playback,
            self.recording,
            settings,
            services.clock,
            bar,
            self.roll.set_playhead,
            self,
        )
        self.bar_menu = BarMenu(document, lambda: self.transport.may_edit_time, self)
        self.roll.barMenuRequested.connect(self.bar_menu.open)
        self._view = PieceView(document, self.roll, self.playback, self.recording, self)

    def _make_file_controllers(self) -> None:
        from composer_app.studio.document.bring_back import BringBack
        from composer_app.studio.files.audio_export import AudioExport
        from composer_app.studio.files.closing import Closing
        from composer_app.studio.files.file_errors import FileErrors
        from composer_app.studio.files.hand_out import HandOut
        from composer_app.studio.files.opening_controller import OpeningController
        from composer_app.studio.files.saving_controller import SavingController
        from composer_app.studio.files.score_export import ScoreExport
        from composer_app.studio.files.under_way import UnderWay
        from composer_app.studio.sound.preview import Preview
        from composer_app.studio.tracks.phrasing_controller import PhrasingController
        from composer_app.studio.tracks.tracks_controller import TracksController

        services = self._services
        document = services.document
        settings = self._settings
        bar = self.message_bar
        errors, self.under_way = FileErrors(document, bar), UnderWay(bar, self)
        preview = Preview(self.playback, self)
        self.tracks = TracksController(self.commands, document, services.jobs, preview, bar, self)
        self.phrasing = PhrasingController(
            self.commands, document, services.jobs, bar, self.commands.play.trigger, self
        )
        self.files = OpeningController(
            document,
            settings,
            services.jobs,
            services.dialogs,
            errors,
            self.under_way,
            bar,
            self.commands.choose_melody.trigger,
            self,
        )
        self.saving = SavingController(
            document,
            settings,
            services.writer,
            services.dialogs,
            errors,
            self.under_way,
            bar,
            self,
        )
        self.hand_out = HandOut(document, bar, self)
        self.bring_back = BringBack(document, services.jobs, services.recovery, bar, self)
        self.score_export = ScoreExport(
            document, settings, services.writer, services.dialogs, self.under_way, bar, self
        )
        self.audio_export = AudioExport(
            document,
            settings,
            services.writer,
            services.dialogs,
            self.under_way,
            bar,
            self.playback,
            self,
        )
        self.closing = Closing(
            services.writer,
            services.recovery,
            document,
            self.saving,
            bar,
            self.under_way.cancel_all,
            self.close,
            self,
        )

    def _make_music_controllers(self) -> None:
        from composer_app.studio.generate.continuing_controller import ContinuingController
        from composer_app.studio.generate.generation_controller import GenerationController
        from composer_app.studio.generate.locking_controller import LockingController
        from composer_app.studio.keyboard.lights import KeyLights
        from composer_app.studio.midi.assembly import build_midi
        from composer_app.studio.midi.midi_output_controller import FollowedPlayer
        from composer_app.studio.roll.chords.chord_row_controller import ChordRowController
        from composer_app.studio.roll.selection_controller import SelectionController
        from composer_app.studio.score.score_controller import ScoreController
        from composer_app.studio.sound.audition import Audition
        from composer_app.studio.transport.loop_controller import LoopController

        services = self._services
        document = services.document
        settings = self._settings
        bar = self.message_bar
        self.generation = GenerationController(
            document,
            self.choices,
            services.worker,
            settings,
            bar,
            self.transport.play_from_start,
            self,
        )
        self.continuing = ContinuingController(
            self.commands,
            document,
            self.chosen,
            self.choices,
            self.generation,
            services.worker,
            bar,
            self.transport.play_from_start,
            self,
        )
        self.continuing.notesWritten.connect(self.roll.reveal)
        self.midi = build_midi(
            services.ports,
            services.outputs,
            services.live,
            services.sound,
            FollowedPlayer(services.player, document),
            settings,
            services.clock,
            self.midi_menu,
            self.commands.panic,
            self,
        )
        self.selection = SelectionController(
            self.commands, document, self.chosen, self.roll, self._runs_or_generates, self
        )
        self.locking = LockingController(
            self.commands,
            document,
            self.chosen,
            self.roll,
            self.generation,
            self.choices,
            self,
        )
        self._audition = Audition(document, self.playback, services.sound, settings, self)
        self.score = ScoreController(
            document, self.chosen, self.playback, services.jobs, settings, self
        )
        self.chord_row = ChordRowController(
            self.commands, document, self.roll, services.jobs, settings, self
        )
        self.loop = LoopController(
            self.commands, self.roll, self.chosen, document, self.playback, self
        )
        self.lights = KeyLights(self.keyboard, self.playback, services.live, self)

    def _make_reporting_controllers(self) -> None:
        from composer_app.studio.keyboard.computer_keys import ComputerKeys
        from composer_app.studio.statistics.export import StatisticsExport
        from composer_app.studio.statistics.statistics_controller import StatisticsController
        from composer_app.studio.window.field_focus import FieldFocus
        from composer_app.studio.window.news import News

        services = self._services
        document = services.document
        settings = self._settings
        bar = self.message_bar
        export = StatisticsExport(
            self.statistics,
            services.jobs,
            services.writer,
            services.dialogs,
            settings,
            self,
        )
        self.measuring = StatisticsController(
            document, self.chosen, self.statistics, export, self.roll, bar, self
        )
        self.news = News(
            bar,
            document,
            self.commands,
            self.choices,
            self.playback,
            self.tools,
            self,
        )
        self._fields = FieldFocus(self, self.views, self._runs)
        self._computer_keys = ComputerKeys(self.keyboard, self)

    def _runs(self) -> bool:
        """Whether something plays or is recorded."""
        return self.playback.playing or self.recording.active

    def _runs_or_generates(self) -> bool:
        return self._runs() or self.generation.busy
