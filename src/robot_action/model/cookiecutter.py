"""What a Cookiecutter template says (``cookiecutter.json``, Cookiecutter 2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robot_action.model.values import Value


@dataclass(frozen=True, slots=True)
class CookiecutterSettings:
    """The variables and settings.

    Attributes:
        variables: ``cookiecutter.json`` as it stands there, in its order; texts hold Jinja.
        extensions: Jinja extensions to load, by their import paths, modules of the template included: other people's code.
        environment: ``_jinja2_env_vars``, options of the Jinja environment.
        copy_without_render: fnmatch patterns over unrendered paths; what matches keeps its bytes.
        new_lines: ``_new_lines``, or ``""``: as each file has them.
        folder: the template folder's path in the template's tree, such as ``{{cookiecutter.slug}}``.
        hooks: the paths of the hooks in the template's tree, by ``pre_prompt``, ``pre_gen_project`` and ``post_gen_project``.
    """

    variables: Mapping[str, Value] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    environment: Mapping[str, Value] = field(default_factory=dict)
    copy_without_render: tuple[str, ...] = ()
    new_lines: str = ""
    folder: str = ""
    hooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
