"""The values that YAML and JSON share."""

from __future__ import annotations

Scalar = str | int | float | bool | None
Value = Scalar | list["Value"] | dict[str, "Value"]
"""An answer, or any value that YAML and JSON share."""
