"""YAML's plain scalars -> values, without the surprises of YAML 1.1.

No dates, no ``.inf`` and ``.nan``, and no number that would be written differently after reading it: ``1.10`` is the
number 1.1, ``012`` is 10 and ``1:30`` is 90. Whoever means them as text has to quote them.
``yes``, ``no``, ``on`` and ``off`` are booleans, as everywhere in YAML 1.1; where a text is wanted, the parsers refuse them.
"""

from __future__ import annotations

import math
import re

import yaml
from yaml.constructor import SafeConstructor

from robot_action.model.values import Value
from robot_action.parsing.wording import RuleError, excerpt

MAX_DIGITS = 100
TAG = "tag:yaml.org,2002:"

_CONSTRUCTOR = SafeConstructor()
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_BASED = re.compile(r"[-+]?0[xb][0-9a-fA-F]+")
_FRACTION = re.compile(r"[-+]?(?:0|[1-9][0-9]*)?\.(?:0?|[0-9]*[1-9])(?:[eE][-+][0-9]+)?")


def _integer(written: str, node: yaml.ScalarNode) -> int:
    if len(written) > MAX_DIGITS:
        raise RuleError(f"a number has more than {MAX_DIGITS} digits: {excerpt(written)}", "Quote it to keep the text.")
    if not _DECIMAL.fullmatch(written) and not _BASED.fullmatch(written):
        value = _CONSTRUCTOR.construct_yaml_int(node)
        raise RuleError(f"{excerpt(written)} is read as the number {value}", f"Quote it to keep the text: {excerpt(written)}")
    return int(_CONSTRUCTOR.construct_yaml_int(node))


def _float(written: str, node: yaml.ScalarNode) -> float:
    value = float(_CONSTRUCTOR.construct_yaml_float(node)) if len(written) <= MAX_DIGITS else math.nan
    if not math.isfinite(value):
        raise RuleError(f"{excerpt(written)} is no number that other formats know", "Quote it to keep the text.")
    if not _FRACTION.fullmatch(written):
        raise RuleError(f"{excerpt(written)} is read as the number {value!r}", f"Quote it to keep the text: {excerpt(written)}")
    return value


def read_scalar(node: yaml.ScalarNode, written: str) -> Value:
    """Return a scalar's value.

    Raises:
        RuleError: where YAML's value would surprise, or has no place in JSON.
    """
    kind = str(node.tag).removeprefix(TAG)
    if kind in {"str", "value"}:  # "value" is the lone "=", which PyYAML resolves but cannot construct
        return written
    if kind == "null":
        return None
    if kind == "timestamp":
        raise RuleError(f"{excerpt(written)} is read as a date", f"Quote it to keep the text: {excerpt(written)}")
    try:
        if kind == "bool":
            return bool(_CONSTRUCTOR.construct_yaml_bool(node))
        if kind in {"int", "float"}:
            return (_integer if kind == "int" else _float)(written, node)
    except RuleError:
        raise
    except (ValueError, KeyError, IndexError):
        raise RuleError(f"{excerpt(written)} is not what its tag says: {kind}") from None
    raise RuleError(f"the tag {excerpt(node.tag)} is not supported", "Write plain values without tags.")
