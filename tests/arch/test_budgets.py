"""How large a file and a function may grow before it is time to split it."""

import ast
from statistics import median

import pytest

from tests.arch.sources import PACKAGES, FunctionNode, Module, modules

MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 40
MEDIAN_LINES_OF_A_FUNCTION = 10


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_file_answers_one_question_in_few_lines(module: Module) -> None:
    assert module.lines <= MOST_LINES_OF_A_FILE


def test_no_function_is_long() -> None:
    long = [
        f"{module.name}:{function.lineno} {function.name}: {_lines(function)} lines"
        for module in modules()
        for function in module.functions()
        if _lines(function) > MOST_LINES_OF_A_FUNCTION
    ]

    assert long == []


@pytest.mark.parametrize("package", [name for name in PACKAGES if name != "scopegate"])
def test_most_functions_of_a_package_are_short(package: str) -> None:
    lengths = [
        _lines(function)
        for module in modules()
        if module.name.startswith(f"{package}/")
        for function in module.functions()
    ]

    assert median(lengths) < MEDIAN_LINES_OF_A_FUNCTION


def test_every_file_says_what_it_answers() -> None:
    silent = [
        module.name
        for module in modules()
        if module.text.strip() and not ast.get_docstring(module.tree)
    ]

    assert silent == []


def _lines(function: FunctionNode) -> int:
    """From the line of `def` to the last one."""
    return (function.end_lineno or function.lineno) - function.lineno + 1
