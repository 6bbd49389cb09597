from __future__ import annotations

from dataclasses import replace

from robot_action.rendering.copier_context import Lazy
from tests.rendering.copier_samples import ANSWERS, AROUND, copied, refusals, shown


def test_a_lazy_mapping_makes_each_value_once() -> None:
    made: list[str] = []

    def make() -> str:
        made.append("a")
        return "made"

    lazy = Lazy({"a": make, "b": lambda: 1})
    assert (lazy["a"], lazy["a"], list(lazy), len(lazy)) == ("made", "made", ["a", "b"], 2)
    assert made == ["a"]


def test_the_context_tells_of_the_template_and_the_run() -> None:
    text = (
        "{{ _src_path }} {{ _commit }} {{ _folder_name }} {{ _copier_python }} {{ _copier_conf.vcs_ref }} {{ _copier_conf.vcs_ref_hash }}"
    )
    assert shown(text, surroundings=replace(AROUND, python="/usr/bin/python3")) == "gh:acme/t v1.0.0 project /usr/bin/python3 v1 4f0c"
    assert shown("{{ _copier_conf.unsafe }}{{ _copier_conf.src_path }}") == "Falsegh:acme/t"
    assert (
        shown("{{ _copier_conf.unsafe }}{{ _copier_conf.src_path }}", trusted=True, surroundings=replace(AROUND, folder="/t")) == "True/t"
    )


def test_a_template_of_this_machine_lies_where_it_lies_but_for_tasks() -> None:
    around = replace(AROUND, folder="/copy", local="/home/me/t")
    rendering = copied("_tasks: ['{{ _copier_conf.src_path }}']", {"a.jinja": "{{ _copier_conf.src_path }}"}, surroundings=around)
    assert (rendering.tree["a"].content, rendering.tasks[0].command) == (b"/home/me/t", "/copy")


def test_a_source_without_commit_has_none() -> None:
    around = replace(AROUND, commit="", described="", ref="")
    assert shown("{{ _commit is defined }}{{ _copier_conf.vcs_ref_hash }}{{ _copier_answers }}", surroundings=around) == (
        "FalseNone{'_src_path': 'gh:acme/t', 'q': 1}"
    )


def test_the_operator_may_say_where_answers_go() -> None:
    rendering = copied("q: 1\n_answers_file: a.yml", ANSWERS, surroundings=replace(AROUND, answers_file=".{{ q }}.yml"))
    assert rendering.answers_file == ".1.yml"
    assert rendering.tree[".1.yml"].content == b"_commit: v1.0.0\n_src_path: gh:acme/t\nq: 1\n"


def test_an_answers_file_cannot_hang_on_itself() -> None:
    assert copied("_answers_file: 'x{{ _copier_conf.answers_file }}'", ANSWERS).answers_file == "x"


def test_external_data_must_be_yaml_of_the_project() -> None:
    files = {"a.jinja": "{{ _external_data.p }}"}
    around = replace(AROUND, files={"bad.yml": b"[", "good.yml": b"a: 2020-01-01"})
    assert "_external_data: bad.yml: '[' is no YAML" in refusals("_external_data: {p: bad.yml}", files, surroundings=around)[0]
    for path in ("/etc/passwd", "../x.yml", "a/../../x.yml"):
        assert refusals(f"_external_data: {{p: {path}}}", files, surroundings=around) == [
            f"gh:acme/t: copier.yml:1:1: _external_data: {path!r} leads out of the project"
        ]
    assert copied("_external_data: {p: ./good.yml}", files, surroundings=around).tree["a"].content == b"{'a': datetime.date(2020, 1, 1)}"


def test_one_file_cannot_change_what_another_one_sees() -> None:
    files = {"a.jinja": "{% set _ = _copier_answers.clear() %}", "b.jinja": "{{ _copier_answers.q }}"}
    assert copied("q: 1", files).tree["b"].content == b"1"
