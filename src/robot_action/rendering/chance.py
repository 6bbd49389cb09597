"""What is random or dated in a template: made of a seed and a moment, so that two renderings of one request do not differ."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha512
from typing import Any

import jinja2.constants  # noqa: F401 - the words of lipsum, which Jinja2 loads late, and the worker can load nothing late
from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.utils import generate_lorem_ipsum


class Chance:
    """Random values of a seed: for each file of the template a sequence of its own, so that no file disturbs another one's.

    Args:
        seed: what they come from; whoever knows it can tell them.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._counts: Counter[str] = Counter()

    def draw(self, name: str | None) -> random.Random:
        """Return a generator for the next random value of a file, or of a text for None."""
        name = name or ""
        self._counts[name] += 1
        return random.Random(f"{self._seed}\0{name}\0{self._counts[name]}")  # noqa: S311 - it has to be repeatable

    def filters(self) -> dict[str, Callable[..., object]]:
        """Return Jinja2's random filter."""

        @pass_context
        def pick(context: Context, items: Sequence[object]) -> object:
            try:
                return self.draw(context.name).choice(items)
            except IndexError:
                return context.environment.undefined("No random item, sequence was empty.")

        return {"random": pick}

    def globals(self) -> dict[str, object]:
        """Return Jinja2's ``lipsum``."""

        @pass_context
        def lipsum(context: Context, *args: Any, **options: Any) -> str:  # noqa: ANN401 - Jinja2's own arguments
            state = random.getstate()
            random.seed(self.draw(context.name).random())
            try:
                return generate_lorem_ipsum(*args, **options)
            finally:
                random.setstate(state)

        return {"lipsum": lipsum}

    def make_secret(self) -> str:
        """Return 128 hexadecimal digits."""
        return sha512(self.draw("make_secret").randbytes(48)).hexdigest()


class Clock:
    """The moment that a template takes for now.

    Args:
        moment: seconds since 1970, UTC.
    """

    def __init__(self, moment: float) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return it in UTC."""
        return datetime.fromtimestamp(self.moment, tz=UTC)

    def strftime(self, form: str, second: object = None) -> str:
        """Return it, or another second, as a text in local time."""
        return time.strftime(form, time.localtime(self.moment if second is None else int(str(second))))
