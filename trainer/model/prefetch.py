"""One thread that prepares the next items while the present one is worked on."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
_POLL_SECONDS = 0.1


class _End:
    """Last thing in the queue: the source is exhausted, or has raised."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Prefetcher(Generic[T]):
    def __init__(self, source: Iterator[T], depth: int, idle: Callable[[], None]) -> None:
        self._source = source
        self._idle = idle
        self._queue: queue.Queue[T | _End] = queue.Queue(depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._fill, name="prefetch", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        while not isinstance(item := self._next(), _End):
            yield item
        if item.error is not None:
            raise item.error

    def _next(self) -> T | _End:
        while True:
            with contextlib.suppress(queue.Empty):
                return self._queue.get(timeout=_POLL_SECONDS)
            self._idle()

    def close(self) -> None:
        """Stop the thread and wait for it: nothing reads files behind the caller's back."""
        self._stop.set()
        self._thread.join()

    def _fill(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._source:
                if not self._put(item):
                    return
        except BaseException as caught:  # Raised again where the items are taken.
            error = caught
        self._put(_End(error))

    def _put(self, item: T | _End) -> bool:
        while not self._stop.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(item, timeout=_POLL_SECONDS)
                return True
        return False


@contextlib.contextmanager
def prefetched(
    source: Iterator[T], depth: int = 3, idle: Callable[[], None] = lambda: None
) -> Iterator[Iterator[T]]:
    """Iterate over `source` from a thread that keeps up to `depth` items ready.

    `idle` is called now and then while the consumer has to wait; it may raise. What the
    source raises is raised to the consumer in its turn. The thread has ended when the
    context is left.
    """
    prefetcher = _Prefetcher(source, depth, idle)
    try:
        yield iter(prefetcher)
    finally:
        prefetcher.close()
