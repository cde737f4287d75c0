"""What is wrong with a call as it was typed, in one line with the nearest name."""

import re

import click

from gateway.cli.nearest import nearest

_NO_CHOICE = re.compile(r"'(.*?)' is not one of ")


def fault_of_call(error: click.ClickException) -> str:
    """Tell a fault that the reading of the arguments found."""
    match error:
        case click.NoSuchOption():
            known = error.possibilities or ()
            return f"there is no option `{error.option_name}`{nearest(error.option_name, known)}"
        case click.MissingParameter():
            return _in_our_words(error.format_message())
        case click.BadParameter(param=click.Parameter() as parameter):
            return _bad_value(error, parameter)
        case _:
            return _in_our_words(error.format_message())


def _bad_value(error: click.BadParameter, parameter: click.Parameter) -> str:
    name = parameter.opts[-1] if parameter.opts else str(parameter.name)
    choices = [str(choice) for choice in getattr(parameter.type, "choices", ())]
    typed = _NO_CHOICE.match(error.message or "")
    if not choices or typed is None:
        return f"`{name}`: {_in_our_words(error.message or 'a bad value')}"
    return f"`{name}` is one of {', '.join(choices)}{nearest(typed[1], choices)}"


def _in_our_words(message: str) -> str:
    quoted = message.replace("'", "`").replace(". Did you mean", "; did you mean").rstrip(".")
    return quoted[:1].lower() + quoted[1:]
