"""A child process as a service: requests in lanes, newest first, started again when it dies."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.services.concurrency.child_process import Answer, ChildDied, ChildProcess
from astromask_gui.services.sentences import sentence_of
from astromask_gui.thread_priority import have_give_way

ATTEMPTS = 2
"""Children that may die over one request before it is given up: perhaps it kills them."""
DEATHS_WITHOUT_ANSWER = 3
"""Deaths in a row after which nothing is started again until somebody asks for something."""


def _nothing(*_: object) -> None:
    pass


@dataclass(frozen=True, eq=False)
class Request:
    """A message to the child and who wants its answer; callbacks run on the window's thread."""

    header: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    done: Callable[[dict[str, Any], dict[str, np.ndarray]], None] = _nothing
    failed: Callable[[str], None] = _nothing
    """Takes a sentence: the child's own, or how it died."""
    dropped: Callable[[], None] = _nothing
    """Called where the request was replaced before it was sent."""


class Worker(QObject):
    """Keeps one child alive and asks it one thing at a time, earlier lanes first.

    `introduction` requests are asked of every child before anything else (what to open,
    what to load). All methods are for the thread that made this object.
    """

    died = pyqtSignal(str, bool)
    """The child ended unasked: how, in a sentence, and whether another is being started."""
    _outbox = pyqtSignal(object)

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        lanes: Sequence[str],
        *,
        threads: int | None = None,
        gives_way: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """`name` begins sentences: "The cutout reader"; a child that `gives_way` computes for
        longer than a moment and stands behind the window."""
        super().__init__(parent)
        self._name, self._arguments, self._threads = name, tuple(arguments), threads
        self._gives_way = gives_way
        self._changed = threading.Condition()
        self._lanes: dict[str, deque[Request]] = {lane: deque() for lane in lanes}
        self._introduction: tuple[Request, ...] = ()
        self._introduced: tuple[Request, ...] | None = None
        self._child: ChildProcess | None = None
        self._wanted = self._closing = False
        self._deaths = 0
        self.introductions = 0
        """How often `introduce` was called: a request is answered about what it was told then."""
        self._outbox.connect(self._call)
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """Process number of the living child."""
        child = self._child
        return child.pid if child is not None and child.alive else None

    def start(self) -> None:
        """Start the child now, so that it is ready when something is asked."""
        with self._changed:
            if self._closing:
                return
            self._wanted = True
            self._changed.notify_all()

    def introduce(self, requests: Sequence[Request]) -> None:
        """Ask these now, and again first of every new child; what waits is dropped."""
        with self._changed:
            waiting = [request for lane in self._lanes.values() for request in lane]
            for lane in self._lanes.values():
                lane.clear()
            self._introduction = tuple(requests)
            self._deaths = 0
        self.introductions += 1
        # Not before: who asks again when told so is to be answered about what is new.
        for request in waiting:
            request.dropped()
        self.start()

    def ask(self, lane: str, request: Request, *, replace: bool = True) -> None:
        """Put a request into a lane; with `replace` it takes the place of what waits there."""
        if replace:
            self.drop(lane)
        with self._changed:
            self._lanes[lane].append(request)
        self.start()

    def drop(self, lane: str) -> None:
        """Take back what waits in a lane."""
        with self._changed:
            waiting = list(self._lanes[lane])
            self._lanes[lane].clear()
        for request in waiting:
            request.dropped()

    def close(self) -> None:
        """End the child; no answer arrives any more, and what is asked later is forgotten."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            child = self._child
        if child is not None:
            child.kill()
        self._thread.join()

    def _call(self, callback: Callable[[], None]) -> None:
        if not self._closing:
            callback()

    # What follows runs in the worker's own thread.

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._has_work())
                if self._closing:
                    return
                request = self._take()
            self._do(request)

    def _has_work(self) -> bool:
        return self._needs_child() or any(self._lanes.values())

    def _needs_child(self) -> bool:
        """Whether a child has to be started or introduced though nobody asks for anything."""
        if not self._wanted or self._deaths >= DEATHS_WITHOUT_ANSWER:
            return False
        dead = self._child is None or not self._child.alive
        return dead or self._introduced is not self._introduction

    def _take(self) -> Request | None:
        return next((lane.popleft() for lane in self._lanes.values() if lane), None)

    def _do(self, request: Request | None) -> None:
        outcome = ""
        for _ in range(ATTEMPTS):
            try:
                child = self._ready_child()
                if request is not None:
                    self._answer(request, self._ask(child, request))
                return
            except ChildDied as death:
                outcome = str(death)
                self._note_death(outcome)
            except OSError as error:
                outcome = f"can't be started: {sentence_of(error)}"
                self._deaths = DEATHS_WITHOUT_ANSWER
            if request is None or self._closing:
                return
        assert request is not None
        sentence = f"{self._name} {outcome}. It was tried {ATTEMPTS} times and given up."
        failed = request.failed
        self._send(lambda: failed(sentence))

    def _ready_child(self) -> ChildProcess:
        """The living child, introduced; started where there is none. Raises `ChildDied`."""
        if self._child is not None and not self._child.alive:
            self._note_death(self._child.wait())
        child = self._child or self._new_child()
        introduction = self._introduction
        if self._introduced is not introduction:
            for request in introduction:
                self._answer(request, self._ask(child, request))
            self._introduced = introduction
        return child

    def _new_child(self) -> ChildProcess:
        child = ChildProcess(self._arguments, self._threads)
        if self._gives_way:
            have_give_way(child.pid)
        with self._changed:
            self._child, self._introduced = child, None
            if self._closing:
                child.kill()
        self._watch(child)
        return child

    def _watch(self, child: ChildProcess) -> None:
        """Have the thread look when the child dies while nothing is asked of it."""

        def wait() -> None:
            child.wait()
            with self._changed:
                self._changed.notify_all()

        threading.Thread(target=wait, name=f"{self._name} {child.pid}", daemon=True).start()

    def _ask(self, child: ChildProcess, request: Request) -> Answer:
        answer = child.ask(dict(request.header), dict(request.arrays))
        self._deaths = 0
        return answer

    def _answer(self, request: Request, answer: Answer) -> None:
        header, arrays = answer
        if header.get("ok"):
            self._send(lambda: request.done(header, arrays))
        else:
            sentence = str(header.get("error") or f"{self._name} gave no reason.")
            self._send(lambda: request.failed(sentence))

    def _note_death(self, outcome: str) -> None:
        self._child = None
        self._deaths += 1
        again = self._deaths < DEATHS_WITHOUT_ANSWER
        sentence = f"{self._name} {outcome}." + (" It is started again." if again else "")
        self._send(lambda: self.died.emit(sentence, again))

    def _send(self, callback: Callable[[], None]) -> None:
        if not self._closing:
            self._outbox.emit(callback)
