"""The models of a manifest: they check single values, and give the JSON Schema that editors use.

What concerns several values together stands in `robot_action.parsing.manifest_problems`.
"""

from __future__ import annotations

import os.path
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, PlainValidator, ValidationInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticKnownError, core_schema

from robot_action.model.source import Source
from robot_action.parsing import rules
from robot_action.parsing.commands import DURATION_PATTERN, MAX_COMMANDS, parse_duration, split_command
from robot_action.parsing.source import check_source
from robot_action.parsing.wording import RuleError

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a manifest stands, and what it may say for that reason.

    Attributes:
        folder: where its relative paths start; absolute.
        root: the folder below which it may write; absolute.
        has_destination: whether its own destination counts; else the operator names another one, and it may lead anywhere.
        has_repository: whether it wants a repository; only then its name may have dots.
    """

    folder: Path
    root: Path
    has_destination: bool = True
    has_repository: bool = True

    def destination(self, text: str) -> Path:
        """Return the folder of the project.

        Raises:
            RuleError: when it may not be written.
        """
        if not self.has_destination:
            return Path(os.path.normpath(self.folder / text))
        return rules.check_inside(text, self.folder, self.root, "--destination")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    return value


def _schema(value: object) -> int:
    if type(value) is not int or value != SCHEMA:
        raise RuleError(f"this version reads manifests of schema {SCHEMA} only", f"Write schema: {SCHEMA}.")
    return value


def _source(value: object, info: ValidationInfo[Place]) -> Source:
    return check_source(_text(value), info.context.folder)


def _inside(value: object, info: ValidationInfo[Place]) -> Path:
    return rules.check_inside(_text(value), info.context.folder, info.context.root)


def _destination(value: object, info: ValidationInfo[Place]) -> Path:
    return info.context.destination(_text(value))


def _name(value: str, info: ValidationInfo[Place]) -> str:
    return rules.check_name(value, dots=info.context.has_repository)


def _tag(value: object) -> str | None:
    if isinstance(value, bool):
        return "v{version}" if value else None
    return rules.check_tag(_text(value))


Line = Annotated[str, AfterValidator(rules.check_line), Field(json_schema_extra={"maxLength": rules.MAX_DESCRIPTION})]
Url = Annotated[str, AfterValidator(rules.check_url), Field(json_schema_extra={"format": "uri", "pattern": "^https?://"})]
Topic = Annotated[
    str, AfterValidator(rules.check_topic), Field(json_schema_extra={"maxLength": rules.MAX_TOPIC, "pattern": rules.TOPIC_PATTERN})
]
Slug = Annotated[str, AfterValidator(rules.check_slug)]
Role = Annotated[str, AfterValidator(rules.check_role), Field(json_schema_extra={"examples": list(rules.ROLES)})]
SourceText = Annotated[Source, PlainValidator(_source, json_schema_input_type=str)]
PathText = Annotated[Path, PlainValidator(_inside, json_schema_input_type=str)]
CommandText = Annotated[tuple[str, ...], PlainValidator(split_command, json_schema_input_type=str | list[str])]
Duration = Annotated[
    float,
    PlainValidator(parse_duration, json_schema_input_type=float | Annotated[str, Field(pattern=DURATION_PATTERN)]),
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AuthorModel(_Model):
    """Who commits."""

    name: Annotated[str, AfterValidator(rules.check_person)] = Field(title="Name", description="The name in the commit.")
    email: Annotated[str, AfterValidator(rules.check_email)] = Field(title="E-mail", description="The e-mail address in the commit.")


class InstallModel(_Model):
    """Install commands with their time limit."""

    commands: Annotated[list[CommandText], Field(max_length=MAX_COMMANDS)] = Field(
        title="Commands", description="Run one after the other, each split into arguments; no shell runs them."
    )
    timeout: Duration = Field(600.0, title="Timeout", description="What each command may take: seconds, or such as 90s, 20m, 1h.")


class MergeModel(_Model):
    """How pull requests may be merged; what is left out stays as the host has it."""

    squash: bool | None = Field(None, title="Squash", description="Allow squash merges.")
    merge_commit: bool | None = Field(None, alias="merge-commit", title="Merge commit", description="Allow merge commits.")
    rebase: bool | None = Field(None, title="Rebase", description="Allow rebase merges.")
    auto_merge: bool | None = Field(None, alias="auto-merge", title="Auto-merge", description="Allow automatic merges.")
    delete_branch: bool | None = Field(None, alias="delete-branch", title="Delete branch", description="Delete merged branches.")


class RepositoryModel(_Model):
    """The repository that the project shall have."""

    host: Literal["github", "local"] = Field("github", title="Host", description="The Git provider.")
    path: PathText | None = Field(
        None, title="Path", description="For the host local: the folder of the bare repositories, relative to the manifest."
    )
    name: Annotated[str, AfterValidator(rules.check_repository_name)] = Field(
        title="Name", description="owner/name.", json_schema_extra={"pattern": "^[^/]+/[^/]+$"}
    )
    visibility: Literal["private", "public", "internal"] = Field("private", title="Visibility", description="Who can read it.")
    description: Line | None = Field(None, title="Description", description="One line; default: the manifest's description.")
    homepage: Url = Field("", title="Homepage", description="An http or https URL.")
    topics: Annotated[list[Topic], Field(max_length=rules.MAX_TOPICS)] = Field(
        default_factory=list, title="Topics", description="Lowercase words with hyphens, at most 20."
    )
    default_branch: Annotated[str, AfterValidator(rules.check_branch)] = Field(
        "main", alias="default-branch", title="Default branch", description="The branch of the first commit."
    )
    merge: MergeModel = Field(
        default_factory=lambda: MergeModel.model_validate({}), title="Merge", description="How pull requests may be merged."
    )
    teams: dict[Slug, Role] = Field(default_factory=dict, title="Teams", description="Slugs of teams, and their roles.")
    collaborators: dict[Slug, Role] = Field(default_factory=dict, title="Collaborators", description="Logins, and their roles.")


class PublishModel(_Model):
    """One index that the package shall be on."""

    to: Literal["pypi", "local"] = Field(title="To", description="The kind of index: PyPI-like, or a folder.")
    url: Url = Field("", title="URL", description="The upload URL of a PyPI-like index; default: the public one.")
    index: Url = Field("", title="Index", description="The simple index's URL, to ask what is there; default: derived from the upload URL.")
    path: PathText | None = Field(None, title="Path", description="For the index local: its folder, relative to the manifest.")


def _from_name(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _from_list(value: object) -> object:
    return {"commands": value} if isinstance(value, list) else value


_TOGETHER: list[JsonValue] = [
    {
        "if": {"properties": {"kind": {"const": "component"}}, "required": ["kind"]},
        "then": {"properties": {"description": {"minLength": 1}}, "required": ["description"]},
    },
    {"if": {"not": {"required": ["repository"]}}, "then": {"properties": {"name": {"pattern": "^[^.]*$"}}, "required": ["name"]}},
]
"""The rules across values that JSON Schema can express."""


class ManifestModel(_Model):
    """One wanted project."""

    model_config = ConfigDict(json_schema_extra={"allOf": _TOGETHER})

    schema_version: Annotated[int, PlainValidator(_schema, json_schema_input_type=Literal[1])] = Field(
        alias="schema", title="Schema", description="The version of this format: 1."
    )
    name: Annotated[str, AfterValidator(_name)] | None = Field(
        None,
        title="Name",
        description="The project's name; default: the repository's last part.",
        json_schema_extra={"pattern": rules.NAME_PATTERN, "maxLength": rules.MAX_NAME},
    )
    kind: Literal["project", "component"] | None = Field(
        None, title="Kind", description="A project or a component; default: the template's. A component needs a description."
    )
    version: Annotated[str, AfterValidator(rules.check_version)] = Field(
        "0.1.0", title="Version", description="The first version: PEP 440, or semantic where nothing is published."
    )
    description: Line = Field("", title="Description", description="What the project is, in one line.")
    template: SourceText = Field(
        title="Template",
        description="A folder (./template), or a git source (gh:owner/name, https://..., git@host:path) with @ref or @range.",
        examples=["./templates/service", "gh:acme/templates@v2.1.0#subdirectory=service"],
    )
    data: dict[str, Any] = Field(default_factory=dict, title="Data", description="Answers to the template's questions.")
    destination: Annotated[Path, PlainValidator(_destination, json_schema_input_type=str)] | None = Field(
        None, title="Destination", description="The project's folder, relative to the manifest; default: ./<name>."
    )
    install: Annotated[InstallModel, BeforeValidator(_from_list, json_schema_input_type=list[CommandText] | InstallModel)] | None = Field(
        None, title="Install", description="Commands instead of the template's: a list, or {commands, timeout}."
    )
    author: AuthorModel | None = Field(None, title="Author", description="The author of the first commit.")
    repository: Annotated[RepositoryModel, BeforeValidator(_from_name, json_schema_input_type=str | RepositoryModel)] | None = Field(
        None, title="Repository", description="The repository on its host: owner/name, or a mapping."
    )
    publish: list[PublishModel] = Field(default_factory=list, title="Publish", description="Where the package shall be published.")
    tag: Annotated[str | None, PlainValidator(_tag, json_schema_input_type=bool | str)] = Field(
        None, title="Tag", description="Whether to push a version tag: true for v{version}, or a text that holds {version}."
    )
    requires: Annotated[str, AfterValidator(rules.check_range)] | None = Field(
        None, title="Requires", description="The versions of robot-action that can read this, such as >=0.1,<2."
    )


class _Schema(GenerateJsonSchema):
    """Without null: what is left out has no value, and null is refused."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return super().default_schema(schema) if schema.get("default") else self.generate_inner(schema["schema"])


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of one manifest document."""
    schema = ManifestModel.model_json_schema(by_alias=True, mode="validation", schema_generator=_Schema)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": "robot-action manifest"}
