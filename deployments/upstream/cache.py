"""Answers already computed: all their ETags, and as many of their bodies as fit a budget, the latest used ones."""

import threading
from collections import OrderedDict
from typing import NamedTuple


class Answer(NamedTuple):
    """A body ready to send, with its ETag and type."""

    content: bytes
    etag: str
    content_type: str = "application/json;charset=utf-8"


class AnswerCache:
    """Thread-safe; `max_bytes` bounds the bodies, ETags (some 100 bytes each) are all kept so that a 304 is always cheap."""

    def __init__(self, max_bytes: int = 64 * 1024 * 1024) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._etags: dict[str, str] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Answer | None:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def etag(self, key: str) -> str | None:
        return self._etags.get(key)

    def remember(self, key: str, answer: Answer) -> None:
        with self._lock:
            replaced = self._answers.pop(key, None)
            self._size += len(answer.content) - (len(replaced.content) if replaced else 0)
            self._answers[key] = answer
            self._etags[key] = answer.etag
            while self._size > self._max_bytes:
                self._size -= len(self._answers.popitem(last=False)[1].content)

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()
            self._etags.clear()
            self._size = 0
