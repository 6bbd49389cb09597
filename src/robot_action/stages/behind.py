"""How projects stand to their templates' versions: state files and references alone, and one look at each distinct source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from robot_action.errors import InputError, RobotActionError
from robot_action.model.link import Link
from robot_action.model.source import Source, SourceKind
from robot_action.parsing.source import with_ref
from robot_action.planning.standing import Standing, stand
from robot_action.planning.versions import Chosen, tag_of
from robot_action.sources.following import refs_followed, refs_of, source_of, unknown_version, unversioned

if TYPE_CHECKING:
    from robot_action.model.check import CheckRequest
    from robot_action.ports import ReadPorts

_Answer = Mapping[str, str] | RobotActionError


@dataclass(frozen=True, slots=True)
class Followed:
    """A project, the template that it follows, and how it stands to it.

    Attributes:
        label: the folder as people named it; project: where it is.
        source: the template's, without a version; ref: how ``--ref`` names its newest, or ``""`` where it has none.
    """

    label: str
    project: Path
    link: Link
    source: Source
    standing: Standing
    ref: str = ""

    @property
    def unversioned(self) -> InputError | None:
        """What is wrong with a project that was made from a folder in git as it stood: nobody knows how far it is behind."""
        if self.link.version or self.link.commit or self.source.kind is not SourceKind.DIRECTORY or not self.ref:
            return None
        return unversioned(self.source, self.link, self.project, self.ref)


@dataclass(frozen=True, slots=True)
class Lookout:
    """Asks each distinct source for its references once, whatever the number of projects; also when it does not answer."""

    ports: ReadPorts
    request: CheckRequest
    _answers: dict[tuple[SourceKind, str], _Answer] = field(default_factory=dict)

    def follow(self, label: str, project: Path, link: Link) -> Followed:
        """Return how a project stands to its template.

        Raises:
            RobotActionError: when the source is none, does not answer, or does not have the wanted version; when it has no versions,
                and the project has one.
        """
        source = self.request.source or source_of(self.ports, link, project)
        refs = self._refs(source)
        if not refs:  # a folder in no repository has one version, as it stands
            if named := link.version or link.commit:
                raise unknown_version(source, named)
            return Followed(label, project, link, source, Standing(Chosen(""), Chosen("")))
        wanted = with_ref(source, self.request.ref) if self.request.ref else source
        standing = stand(link, replace(wanted, prereleases=self.request.prereleases), refs)
        ref = tag_of(standing.newest, refs) or standing.newest.commit
        return Followed(label, project, link, source, standing, ref)

    def _refs(self, source: Source) -> Mapping[str, str]:
        key = (source.kind, source.location)
        if key not in self._answers:
            try:
                self._answers[key] = refs_of(self.ports, source) if self.request.source else refs_followed(self.ports, source)
            except RobotActionError as error:
                self._answers[key] = error
        answer = self._answers[key]
        if isinstance(answer, RobotActionError):
            raise answer
        return answer
