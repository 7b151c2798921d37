"""Stops asking an endpoint that keeps failing, and tries it again after a while (circuit breaker; Nygard 2007)."""

import logging
import threading
import time
from collections.abc import Callable

from prometheus_client import Gauge

log = logging.getLogger(__name__)
OPEN = Gauge("interarec_model_circuit_open", "1 while the language model's endpoint is not asked because it kept failing")
FAILURES, REST_SECONDS = 3, 30.0


LONGEST_TOLD = 200


def reason(error: Exception) -> str:
    """Why a call failed, for the operator: what kind of error it was, and what the endpoint said with it."""
    said = " ".join(str(error).split())[:LONGEST_TOLD]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


class Circuit:
    """Closed while all is well; open for ``rest`` seconds after ``failures`` in a row; then one call tries again."""

    def __init__(
        self, failures: int = FAILURES, rest: float = REST_SECONDS, clock: Callable[[], float] = time.monotonic
    ):
        self.failures, self.rest, self._clock = failures, rest, clock
        self._lock = threading.Lock()
        self._failed, self._since = 0, 0.0

    @property
    def open(self) -> bool:
        """Whether the endpoint is left alone now."""
        return self._failed >= self.failures and self._clock() - self._since < self.rest

    def allow(self) -> bool:
        """Whether to ask the endpoint; of those who come when it has rested, the first one tries."""
        with self._lock:
            if self._failed < self.failures:
                return True
            if self._clock() - self._since < self.rest:
                return False
            self._since = self._clock()
            return True

    def succeeded(self) -> None:
        """The endpoint answered."""
        with self._lock:
            if self._failed >= self.failures:
                log.warning("the language model answers again")
            self._failed = 0
            OPEN.set(0)

    def failed(self, why: str) -> None:
        """The endpoint failed; ``why`` is for the operator."""
        with self._lock:
            self._failed += 1
            self._since = self._clock()
            log.warning("the language model failed: %s", why)
            if self._failed == self.failures:
                OPEN.set(1)
                log.warning(
                    "the language model failed %d times in a row; the built-in one answers, and it is tried again every %.0f s",
                    self.failures, self.rest,
                )  # fmt: skip
