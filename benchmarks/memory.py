"""How much memory a process takes."""

import sys
from pathlib import Path


def own_peak() -> int | None:
    """Bytes that this process has taken at most."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: on Linux that counts what the parent had when it started this process.
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM:"))
        return 1024 * int(line.split()[1])
    if sys.platform == "win32":
        return None
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most
