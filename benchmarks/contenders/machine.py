"""What the machine is, how fast it multiplies, and who else is using it."""

import datetime
import os
import platform
import statistics
import time
from importlib import metadata
from pathlib import Path

import numpy as np

PACKAGES = ("tensorflow", "keras", "torch", "jax", "numpy")


def describe():
    """Return what a table of times must say beside it: a dictionary of strings."""
    flags = _cpuinfo("flags").split()
    return {
        "processor": _cpuinfo("model name") or platform.processor() or "unknown",
        "cores": str(os.cpu_count()),
        "AVX-512": "yes" if "avx512f" in flags else "no" if flags else "unknown",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "versions": ", ".join(f"{name} {v}" for name in PACKAGES if (v := _has(name))),
        "date": datetime.date.today().isoformat(),
    }


def _cpuinfo(field):
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    values = [
        line.partition(":")[2].strip() for line in lines if line.startswith(field)
    ]
    return values[0] if values else ""


def _has(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def matmul_rate(size=1536, times=3):
    """Return multiply-adds a second of float32 matrix products in NumPy (median)."""
    left = np.full((size, size), 0.5, np.float32)
    right = left.copy()
    left @ right  # not measured: wakes the threads
    rates = []
    for _ in range(times):
        began = time.perf_counter()
        left @ right
        rates.append(size**3 / (time.perf_counter() - began))
    return statistics.median(rates)


class Load:
    """Measures which share of the CPUs other processes took, on Linux.

    Args:
        pids: of our processes.

    Example:
        >>> load = Load([os.getpid()])
        >>> load.begin()
        >>> share = load.others()  # since `begin`; None where nobody can tell
        >>> share is None or 0 <= share <= 1
        True
    """

    def __init__(self, pids):
        self.pids = list(pids)

    def begin(self):
        self._before = self._read()

    def others(self):
        after = self._read()
        if self._before is None or after is None:
            return None
        return others_share(self._before, after)

    def _read(self):
        """Return (CPU seconds of all, of ours, CPU seconds there were), or None."""
        try:
            tick = os.sysconf("SC_CLK_TCK")
            first = Path("/proc/stat").read_text().partition("\n")[0]
            user, nice, system, idle, wait, *rest = map(int, first.split()[1:9])
            ours = 0
            for pid in self.pids:
                fields = (
                    Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                )
                ours += int(fields[11]) + int(fields[12])  # user and system time
        except (OSError, ValueError, AttributeError):
            return None
        busy = user + nice + system + sum(rest)  # interrupts and what a host steals
        return busy / tick, ours / tick, (busy + idle + wait) / tick


def others_share(before, after):
    """Return the share of all CPU time that went to others between two readings.

    Example:
        >>> others_share((10, 4, 100), (14, 7, 110))  # 4 s busy, 3 of them ours, of 10
        0.1
    """
    busy, ours, time_there_was = (b - a for a, b in zip(before, after, strict=True))
    if time_there_was <= 0:
        return None
    return max(0.0, busy - ours) / time_there_was
