"""Who looks on at this process: the metrics, the audit, the console, and whether it is ready."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.app.composition import Composition
from gateway.app.revocations import OwnRevocations
from gateway.ops.audit_log import AuditLog
from gateway.ops.audit_sink import AuditSink
from gateway.ops.cells import Cells, claim_cells
from gateway.ops.console import ConsoleSink
from gateway.ops.last_reload import LastReload
from gateway.ops.metrics import Metrics
from gateway.ops.pulse import Pulse
from gateway.ops.readiness import Readiness
from gateway.policy.rules import Policy
from gateway.watch import Sinks


@dataclass(frozen=True, slots=True)
class Watching:
    """Those who look on; `start` and `stop` go with the application."""

    metrics: Metrics
    readiness: Readiness
    sinks: Sinks
    pulse: Pulse
    audit: AuditLog | None
    #: nothing is refused
    observes: bool = False
    reloads: LastReload = field(default_factory=LastReload)

    async def start(self) -> None:
        """Begin to write down what is held; the last step of a start."""
        self.pulse.start()
        self.readiness.begin()

    async def end(self) -> None:
        """Say that it is not ready any more; the first step of an end."""
        self.readiness.end()

    async def stop(self) -> None:
        """Write what is held; the last step of an end."""
        await asyncio.to_thread(self.pulse.stop)
        if self.audit is not None:
            await asyncio.to_thread(self.audit.close)


def watch_requests(
    chosen: Composition,
    revocations: OwnRevocations,
    policy: Callable[[], Policy],
    *,
    observes: bool = False,
) -> Watching:
    """Put together who looks on; `policy` tells the one of the moment."""
    log, shared = chosen.audit, chosen.shared
    metrics = Metrics(
        Cells() if shared is None else claim_cells(shared),
        main_process=os.getpid() if shared is None else os.getppid(),
        lost_lines=lambda: 0 if log is None else log.lost,
        revocations_age=lambda: revocations.feed.age_seconds,
        observes=observes,
    )
    audit = () if log is None else (AuditSink(log, policy, chosen.clock, observes=observes),)
    flush = () if log is None else (log.flush,)
    consoles = [sink.lines.flush for sink in chosen.sinks if isinstance(sink, ConsoleSink)]
    return Watching(
        metrics,
        Readiness({"revocations": revocations.staleness}),
        (metrics.sink, *audit, *chosen.sinks),
        Pulse([*flush, *consoles, metrics.note]),
        log,
        observes,
    )
