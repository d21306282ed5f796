"""How a process of the window ends."""

from __future__ import annotations

import subprocess
import sys

_PROCESS = """
import threading
from astromask_gui.leaving import keep, leave

class Part:
    def __del__(self):
        print("taken apart")

entered = threading.Event()

def work():
    entered.set()
    while True:
        sum(range(1000))

threading.Thread(target=work, daemon=True).start()
entered.wait()
keep(Part())
print("the last words")
leave(3)
"""


def test_leaving_says_the_last_words_and_takes_nothing_apart_under_a_thread() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROCESS], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 3
    assert done.stdout == "the last words\n"
    assert done.stderr == ""
