"""What a Copier template needs besides Jinja2, told from its texts: the worker can load nothing later."""

from __future__ import annotations

import re
from collections.abc import Collection

from robot_action.model.copier import DEFAULT_EXCLUDE, CopierSettings
from robot_action.model.extensions import BUILT_IN
from robot_action.model.template import QuestionType, RenderRequest
from robot_action.rendering.cookiecutter_modules import slug_modules

LIBRARY = "jinja2_ansible_filters.core_filters"
PLAIN = frozenset(
    {
        *("b64decode", "b64encode", "to_uuid", "to_nice_json", "from_json", "to_yaml", "to_nice_yaml", "from_yaml", "from_yaml_all"),
        *("basename", "dirname", "splitext", "win_basename", "win_dirname", "win_splitdrive", "bool", "to_datetime", "quote"),
        *("md5", "sha1", "checksum", "hash", "regex_replace", "regex_escape", "regex_search", "regex_findall", "ternary"),
        *("mandatory", "comment", "type_debug", "combine", "extract", "flatten", "subelements"),
    }
)
"""The library's filters that are taken as it has them."""
WRAPPED = frozenset({"ans_groupby", "ans_random", "random_mac", "shuffle", "to_json"})
"""Those that are its own, called in another way."""
REPLACED = frozenset({"expanduser", "expandvars", "fileglob", "realpath", "relpath", "strftime"})
"""Those that would see the machine: robot-action has its own in their place."""

_NAMES = "|".join(sorted(PLAIN | WRAPPED))
# Apart, since each begins with letters that are found quickly.
_USES = tuple(re.compile(rf"{begin}(?:{_NAMES})\b".encode()) for begin in (r"\|\s*", r"filter\s+", r"map\(\s*['\"]"))


def modules_for(request: RenderRequest, sources: Collection[bytes]) -> tuple[str, ...]:
    """Return the modules to load.

    Args:
        request: what is to be rendered.
        sources: every text in it that may hold Jinja.
    """
    settings = request.specification.settings
    if not isinstance(settings, CopierSettings):
        raise TypeError(settings)
    needs_patterns = settings.exclude not in {(), DEFAULT_EXCLUDE} or bool(settings.skip_if_exists)
    needs_cookiecutter = not BUILT_IN.isdisjoint(settings.extensions)
    jinja = sources if settings.environment else [source for source in sources if b"{" in source]  # its tags may begin otherwise
    needs_library = any(use.search(source) for source in jinja for use in _USES)
    return (
        "robot_action.rendering.copier",
        *(["pathspec"] if needs_patterns else []),
        *(["robot_action.rendering.cookiecutter_jinja", *slug_modules(sources)] if needs_cookiecutter else []),
        *(["yaml"] if needs_library or settings.external_data or _reads_yaml(request) else []),
        *([LIBRARY, "_strptime"] if needs_library else []),
        *(["packaging.version"] if request.passage else []),
    )


def _reads_yaml(request: RenderRequest) -> bool:
    """Tell whether answers are read as YAML."""
    questions = request.specification.questions
    kinds = (question.type is QuestionType.YAML or question.multiselect or isinstance(question.choices, str) for question in questions)
    return bool(request.surroundings.answered) or any(kinds)
