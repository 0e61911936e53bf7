"""What Composer says of itself."""

from PySide6.QtWidgets import QMessageBox, QWidget

from composer_app import __version__


def show_about(window: QWidget) -> None:
    """Open the box above ``window``; it does not wait to be closed."""
    box = QMessageBox(window)
    box.setWindowTitle("About Composer")
    box.setText(f"<b>Composer {__version__}</b>")
    box.setInformativeText(
        "Play a melody, get a four-part composition. The voices are written by a neural"
        " network that runs on this computer; nothing is sent anywhere."
    )
    box.open()
