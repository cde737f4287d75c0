"""Which operations have a handler."""

from gateway.app.handlers import demo_modules, handler_module
from gateway.edge.registry import marked_functions, match_handlers
from gateway.load import LoadedDocument


def handled_operations(loaded: LoadedDocument, module: str | None) -> frozenset[str]:
    """The operations that the module's functions answer, or the demo's without one."""
    modules = demo_modules() if module is None else (handler_module(module),)
    functions = [function for part in modules for function in marked_functions(part)]
    return frozenset(match_handlers(functions, loaded.description.operations))
