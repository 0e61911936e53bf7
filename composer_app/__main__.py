"""``composer-app`` and ``python -m composer_app``."""

import sys


def main() -> int:
    """Run the command line with the process's arguments; the exit status."""
    try:
        # Imported here, so that Ctrl-C while the modules load leaves no traceback either.
        from composer_app.cli import main as run
    except KeyboardInterrupt:
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
