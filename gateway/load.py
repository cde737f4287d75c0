"""A document loaded: read, bound, compiled, routed. What must not load raises instead."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from gateway.bindings import Trusts, trusts_of
from gateway.errors import DocumentError, Fault
from gateway.policy.compile import compile_policy
from gateway.policy.look_on import look_on
from gateway.policy.rules import Binding, Policy, Undeclared
from gateway.routing.endpoints import endpoints_of
from gateway.routing.reserved import reserved_faults, reserved_paths
from gateway.routing.tree import RouteTable
from gateway.settings import Settings
from gateway.spec.model import ApiDescription, SchemeName


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A description with all that is compiled from it under the settings."""

    description: ApiDescription
    trusts: Trusts
    policy: Policy
    table: RouteTable
    #: first segments of the paths that are ours
    reserved: tuple[tuple[str, ...], ...]
    #: what loads, but deserves a word
    warnings: tuple[Fault, ...]


def load_document(
    description: ApiDescription,
    settings: Settings,
    *,
    taken_as_bound: Collection[SchemeName] = (),
) -> LoadedDocument:
    """Compile a description; raises DocumentError for paths of ours, SettingsError for bindings.

    `taken_as_bound` are schemes that count as bound whatever the settings say, for questions.
    """
    if settings.base_path is not None:
        description = replace(description, base_path=settings.base_path)
    reserved = reserved_paths(has_token_service=settings.has_token_service)
    faults, warnings = reserved_faults(description, reserved)
    if faults:
        raise DocumentError(faults)
    trusts = trusts_of(description, settings)
    supposed = {name: Binding(issuer=name, audience="") for name in taken_as_bound}
    policy = compile_policy(
        description,
        supposed | dict(trusts.bindings),
        undeclared=Undeclared(settings.undeclared_security),
    )
    if settings.observe:
        policy = look_on(policy)
    return LoadedDocument(
        description=description,
        trusts=trusts,
        policy=policy,
        table=RouteTable(endpoints_of(description), base_path=description.base_path),
        reserved=reserved,
        warnings=(*description.warnings, *warnings),
    )
