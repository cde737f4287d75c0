"""What the gateway tells its operator over HTTP, and everybody about its health."""

from collections.abc import Mapping

from starlette.types import ASGIApp

from gateway.app.watching import Watching
from gateway.edge.doors import HEALTH, READY, Doors
from gateway.edge.operator_pages import ExplainPage, MetricsPage
from gateway.edge.probes import Probe, Told
from gateway.load import LoadedDocument
from gateway.settings import Settings
from gateway.settings.addresses import host_and_port
from scopegate import __version__


def doors_of(settings: Settings) -> Doors:
    """Who may see what is for the operator."""
    return Doors(None if settings.admin_bind is None else host_and_port(settings.admin_bind))


def operator_pages(
    document: LoadedDocument, watching: Watching, doors: Doors
) -> Mapping[str, ASGIApp]:
    """Health and readiness for anyone, the rest behind the doors."""
    about: Mapping[str, str | bool] = {
        "version": __version__,
        "policy": document.policy.digest,
        "observing": watching.observes,
    }

    def health() -> Told:
        return True, {"status": "ok", **about}

    def ready() -> Told:
        faults = watching.readiness.faults()
        status = "not ready" if faults else "ready"
        return not faults, {
            "status": status,
            "faults": faults,
            "reload": watching.reloads.told(),
            **about,
        }

    inside: Mapping[str, ASGIApp] = {
        "/-/metrics": MetricsPage(watching.metrics.text),
        "/-/explain": ExplainPage(document),
    }
    return {HEALTH: Probe(health, doors), READY: Probe(ready, doors), **doors.behind(inside)}
