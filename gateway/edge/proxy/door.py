"""The upstream of a document as settings have it: who answers what no handler does."""

from dataclasses import dataclass

from gateway.edge.answer.check import AnswerCheck
from gateway.edge.proxy.endpoint import UpstreamEndpoint
from gateway.edge.proxy.field_rules import field_rules
from gateway.edge.proxy.pool import Patience, Pool
from gateway.edge.proxy.request_check import RequestValidation, compile_check
from gateway.edge.proxy.route import Route
from gateway.edge.proxy.target import target_of, tls_of
from gateway.edge.request.reader import RequestReader
from gateway.load import LoadedDocument
from gateway.settings import Settings
from gateway.spec.model import Operation


@dataclass(frozen=True, slots=True)
class UpstreamDoor:
    """Makes the endpoints of operations that the upstream answers."""

    route: Route
    validation: RequestValidation

    def endpoint_of(
        self, operation: Operation, reader: RequestReader, check: AnswerCheck | None
    ) -> UpstreamEndpoint:
        """What answers an operation."""
        is_checked = self.validation is not RequestValidation.OFF
        return UpstreamEndpoint(
            self.route,
            operation.operation_id or operation.key,
            compile_check(operation, reader) if is_checked else None,
            enforces=self.validation is RequestValidation.ENFORCE and not self.observes,
            answer_check=check,
        )

    def unread_endpoint(self, name: str) -> UpstreamEndpoint:
        """What sends on and hands back without looking."""
        return UpstreamEndpoint(self.route, name, None, enforces=False, answer_check=None)

    @property
    def observes(self) -> bool:
        """Whether nothing is refused."""
        return self.route.observes


def upstream_pool(settings: Settings) -> Pool | None:
    """The connections to the upstream that the settings name; None if they name none."""
    if settings.upstream is None:
        return None
    target = target_of(settings.upstream)
    patience = Patience(answer=float(settings.upstream_timeout_seconds))
    return Pool(target, patience, tls=tls_of(target))


def upstream_door(
    document: LoadedDocument, settings: Settings, pool: Pool, *, session_cookie: str
) -> UpstreamDoor:
    """Who answers the operations of a document that no handler does.

    While looking on, credentials that nothing here could check are left to the backend that does.
    """
    observes, bound = settings.observe, document.policy.bindings
    schemes = document.description.schemes
    rules = field_rules(
        [schemes[name] for name in schemes if name in bound or not observes],
        session_cookies=[session_cookie],
        drops_csrf=not observes or settings.has_token_service or bool(document.trusts.sessions),
        certificate_headers=[
            name
            for own in document.trusts.certificates.values()
            for name in (own.header, own.verified_header)
            if name
        ],
        strips_authorization=settings.strip_authorization,
    )
    route = Route(pool, rules, max_body_bytes=settings.body_max_bytes, observes=observes)
    return UpstreamDoor(route, RequestValidation(settings.upstream_validation))
