"""Greetings: the place to begin with code of your own."""


def greet(name: str) -> str:
    """Return a greeting.

    Args:
        name: Whom to greet; spaces around it are dropped.

    Raises:
        ValueError: There is nobody to greet.
    """
    if not name.strip():
        raise ValueError("there is nobody to greet")
    return f"Hello, {name.strip()}!"
