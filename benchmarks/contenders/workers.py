"""Worker processes: one a backend, since a process has one Keras backend for life.

The parent asks one worker at a time and waits for the answer, so only one of them
computes at any moment.
"""

import importlib
import multiprocessing
import os
import sys
import tempfile
import traceback
from pathlib import Path

from cae_keras import classroom
from cae_keras.classroom.quiet import use_full_float32

from . import PROCESSES

# On a GPU the workers share its memory.
SHARED_ENVIRONMENT = {
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


class WorkerError(RuntimeError):
    """What went wrong in a worker, or that it is gone."""


class Worker:
    """A process that makes contenders and runs their steps when asked.

    Args:
        name: a key of `PROCESSES`.
    """

    def __init__(self, name):
        self.name = name
        self._log = tempfile.TemporaryDirectory()
        log = Path(self._log.name) / "stderr"
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=serve, args=(theirs, name, str(log)), daemon=True
        )
        self._process.start()
        theirs.close()
        self.pid = self._process.pid

    def ask(self, command, *arguments):
        """Return the worker's answer: of `make`, `evidence`, `run` or `call`."""
        try:
            self._pipe.send((command, arguments))
            worked, answer = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            log = Path(self._log.name) / "stderr"
            said = log.read_text(errors="replace")[-500:] if log.exists() else ""
            code = self._process.exitcode
            raise WorkerError(f"the worker ended with {code}. {said}") from None
        if not worked:
            raise WorkerError(answer)
        return answer

    def close(self):
        """End the process."""
        self._pipe.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()
        self._log.cleanup()


def serve(pipe, name, log):
    """Answer the parent's questions until it hangs up. Runs in the child."""
    stderr = os.open(log, os.O_WRONLY | os.O_CREAT)
    os.dup2(stderr, 2)  # compiled code writes there
    start(name)
    contenders = {}
    commands = {
        "make": lambda key, module, arguments: make(contenders, key, module, arguments),
        "evidence": lambda key: contenders[key].evidence(),
        "run": lambda key, steps: contenders[key].run(steps),
        "call": lambda module, function: getattr(_module(module), function)(),
    }
    while True:
        try:
            command, arguments = pipe.recv()
        except EOFError:
            return
        try:
            answer = True, commands[command](*arguments)
        except Exception as error:
            traceback.print_exc()
            first_line = str(error).strip().partition("\n")[0]
            answer = False, f"{type(error).__name__}: {first_line}"
        pipe.send(answer)


def start(name):
    """Load Keras on this process's backend, as the course does or as it is alone."""
    process = PROCESSES[name]
    if "keras" in sys.modules:
        raise ValueError("Keras must not be loaded before its backend is chosen.")
    os.environ.update(SHARED_ENVIRONMENT)
    os.environ["KERAS_BACKEND"] = process.backend
    os.environ.pop("TF_ENABLE_ONEDNN_OPTS", None)
    if process.course_setting:
        classroom.start()
    else:
        importlib.import_module("keras")
        use_full_float32()  # so that all do the same arithmetic and can agree


def make(contenders, key, module, arguments):
    """Make a contender, keep it, and return its note."""
    contenders[key] = _module(module).make(**arguments)
    return contenders[key].note


def _module(name):
    if name in sys.modules:  # a test's own contenders
        return sys.modules[name]
    return importlib.import_module(f".{name}", __package__)
