"""Work shared by threads."""

from __future__ import annotations

import subprocess
import sys

from astromask_gui.raster.jit import run_parallel

_ENDING = """
import threading
from astromask_gui.raster.jit import run_parallel

def last_words():
    threading.main_thread().join()
    print(run_parallel(lambda number: number * 2, [(number,) for number in range(5)]))

threading.Thread(target=last_words).start()
"""


def test_results_come_in_the_order_of_the_calls() -> None:
    assert run_parallel(pow, [(number, 2) for number in range(50)]) == [n * n for n in range(50)]


def test_work_is_finished_by_the_caller_alone_while_the_program_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ENDING], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[0, 2, 4, 6, 8]"
    assert done.stderr == ""
