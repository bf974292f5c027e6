"""What a user can set is written down, and what is written down can be set.

Four interfaces are compared with their pages: the fields of a lane's ``defs.yaml`` with
docs/lane-reference.md, those of a metrics service and the keys of a metric's header with docs/metrics.md,
the commands and options of ``heartbeat`` with docs/cli.md, and the environment variables with
docs/configuration.md. How a page names a thing:

* a field or a key: in backticks, alone or at the end of a dotted path (`` `cron` ``, `` `schedule.cron` ``);
* a command: ``heartbeat NAME``; an option: by its long form, ``--name``;
* a variable: by its full name.

The way back, from page to project, looks at headings and at the first cell of table rows: there a page
promises that a command, an option or a variable exists.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest
from pydantic import BaseModel

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "heartbeat_assets"
LANE_REFERENCE = "docs/lane-reference.md"
METRICS_PAGE = "docs/metrics.md"
CLI_PAGE = "docs/cli.md"
CONFIGURATION_PAGE = "docs/configuration.md"

VARIABLE = re.compile(r"\bHEARTBEAT_[A-Z][A-Z0-9_]*\b")
CODE_SPAN = re.compile(r"`([^`]+)`")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LONG_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")


# --- What the project offers ------------------------------------------------------------------------------


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Every model an annotation mentions, however deep inside lists, unions and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def fields_of(model: type[BaseModel], above: tuple[type[BaseModel], ...] = ()) -> Iterator[str]:
    """The dotted path of every field of a model and of the models inside it, as a user writes it in YAML."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield key
        for inner in models_in(field.annotation):
            if inner not in (*above, model):
                yield from (f"{key}.{path}" for path in fields_of(inner, (*above, model)))


def commands_of(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every visible command below a group, with its full path."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from commands_of(inner, f"{path} {name}")


def long_options_of(command: click.Command) -> set[str]:
    """The long forms of a command's visible options, without the ``--help`` that click adds everywhere."""
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    names = (name for option in options for name in (*option.opts, *option.secondary_opts))
    return {name for name in names if name.startswith("--")} - {"--help"}


def variables_in_python(source: str) -> set[str]:
    """The environment variables a module names as a string of its own; a mention in prose does not count."""
    strings = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {text for text in strings if isinstance(text, str) and VARIABLE.fullmatch(text)}


def variables_under(folder: Path) -> set[str]:
    """The environment variables that the Python and YAML files of a folder use."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        found |= variables_in_python(path.read_text(encoding="utf-8"))
    for path in folder.rglob("*.yaml"):
        found |= set(VARIABLE.findall(path.read_text(encoding="utf-8")))
    return found


# --- What the pages say -----------------------------------------------------------------------------------


def page(name: str) -> str:
    """The text of a page of the documentation; the test fails with its name when it does not exist."""
    path = ROOT / name
    if not path.is_file():
        pytest.fail(f"{name} does not exist: write it", pytrace=False)
    return path.read_text(encoding="utf-8")


def promises(text: str) -> list[str]:
    """The headings and the first cells of table rows, outside code blocks."""
    found = []
    for line in re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE).splitlines():
        if line.startswith("#"):
            found.append(line.lstrip("#").strip())
        elif line.lstrip().startswith("|"):
            found.append(line.lstrip().lstrip("|").split("|")[0].strip())
    return found


def fields_not_in(text: str, paths: list[str]) -> list[str]:
    """The field paths whose last name stands nowhere in backticks."""
    named = {span.strip().rstrip(":").rpartition(".")[2] for span in CODE_SPAN.findall(FENCED.sub("", text))}
    return [path for path in paths if path.rpartition(".")[2] not in named]


def commands_and_options_not_in(text: str, root: click.Command) -> list[str]:
    """The commands and long options of a command line that a page does not name."""
    missing = []
    named_options = set(LONG_OPTION.findall(text))
    for path, command in commands_of(root, "heartbeat"):
        if not re.search(rf"(?<![\w-]){re.escape(path)}(?![\w-])", text):
            missing.append(path)
        missing.extend(f"{path} {option}" for option in sorted(long_options_of(command) - named_options))
    return missing


def unknown_commands_and_options_in(text: str, root: click.Command) -> list[str]:
    """The commands and long options that a page promises and the command line does not have."""
    known = dict(commands_of(root, "heartbeat"))
    known_options = {"--help"}.union(*(long_options_of(command) for command in known.values()))
    unknown: list[str] = []
    for promise in promises(text):
        for span in CODE_SPAN.findall(promise):
            unknown.extend(option for option in LONG_OPTION.findall(span) if option not in known_options)
            if span.startswith("heartbeat "):
                path = re.sub(r"^(heartbeat(?: [a-z][a-z-]*)*).*", r"\1", span)
                # Arguments may be in lower case as well: only what follows a group must be a command.
                while path not in known and not isinstance(known.get(path.rpartition(" ")[0]), click.Group):
                    path = path.rpartition(" ")[0]
                if path not in known:
                    unknown.append(path)
    return unknown


# --- The tests --------------------------------------------------------------------------------------------


def command_line() -> click.Command:
    from heartbeat_assets.cli import main

    return main


def test_every_field_of_a_lane_is_in_the_lane_reference() -> None:
    from heartbeat_assets.lanes.spec import LaneSpec

    paths = list(fields_of(LaneSpec))
    assert paths, "LaneSpec has no fields: this test looks at the wrong model"
    missing = fields_not_in(page(LANE_REFERENCE), paths)
    assert not missing, f"write these fields, in backticks, in {LANE_REFERENCE}: {', '.join(missing)}"


def test_every_field_of_a_metrics_service_is_on_the_page_of_metrics() -> None:
    from heartbeat_assets.metrics.service_spec import ServiceSpec

    # Sources are those of lanes, which have a page.
    paths = [path for path in fields_of(ServiceSpec) if not path.startswith("sources.")]
    missing = fields_not_in(page(METRICS_PAGE), paths)
    assert not missing, f"write these fields, in backticks, in {METRICS_PAGE}: {', '.join(missing)}"


def test_every_key_of_a_metrics_header_is_in_a_table_of_its_page_and_the_other_way_round() -> None:
    from heartbeat_assets.metrics.header import KEYS, REQUIRED

    text = page(METRICS_PAGE).partition("## The header")[2].partition("\n## ")[0]
    rows = {key: line for line in text.splitlines() if line.startswith("| `") for key in keys_in(line)}
    assert sorted(rows) == sorted(KEYS), f"the table of keys in {METRICS_PAGE} is not that of a header"
    optional = {key for key, line in rows.items() if "Optional" in line or "default" in line}
    assert optional == set(KEYS) - set(REQUIRED), f"{METRICS_PAGE} is wrong about which keys are optional"


def keys_in(row: str) -> list[str]:
    """The keys in the first cell of a table's row."""
    return CODE_SPAN.findall(row.split("|")[1])


def test_every_command_and_option_is_on_the_command_line_page() -> None:
    missing = commands_and_options_not_in(page(CLI_PAGE), command_line())
    assert not missing, f"write these commands and options in {CLI_PAGE}: {', '.join(missing)}"


def test_every_command_and_option_the_page_promises_exists() -> None:
    unknown = unknown_commands_and_options_in(page(CLI_PAGE), command_line())
    assert not unknown, f"{CLI_PAGE} promises what `heartbeat` does not have: {', '.join(unknown)}"


def test_every_environment_variable_is_on_the_configuration_page() -> None:
    text = page(CONFIGURATION_PAGE)
    missing = sorted(variables_under(PACKAGE) - set(VARIABLE.findall(text)))
    assert not missing, f"write these environment variables in {CONFIGURATION_PAGE}: {', '.join(missing)}"


def test_every_environment_variable_the_page_promises_exists() -> None:
    promised = {name for line in promises(page(CONFIGURATION_PAGE)) for name in VARIABLE.findall(line)}
    # The tests have variables of their own, such as the address of a PostgreSQL server to test against.
    unknown = sorted(promised - variables_under(PACKAGE) - variables_under(ROOT / "heartbeat_assets_tests"))
    assert not unknown, f"{CONFIGURATION_PAGE} promises variables that nothing reads: {', '.join(unknown)}"


# --- The tests above can fail -----------------------------------------------------------------------------


class Inner(BaseModel):
    cron: str


class Outer(BaseModel):
    schedules: dict[str, list[Inner] | None]
    again: "Outer | None" = None


def example_command_line() -> click.Group:
    digest = click.Command("digest", params=[click.Option(["--out", "-o"]), click.Argument(["lane"])])
    return click.Group("heartbeat", commands={"digest": digest, "old": click.Command("old", hidden=True)})


def test_a_field_deep_inside_a_lane_is_missed_when_its_page_leaves_it_out() -> None:
    paths = list(fields_of(Outer))
    assert paths == ["schedules", "schedules.cron", "again"]
    assert fields_not_in("`schedules` and cron without backticks, `again:` at once", paths) == ["schedules.cron"]
    assert fields_not_in("`schedules`, `schedules[].cron`, `again`", paths) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("# `heartbeat digest LANE`\n`--out FILE`", []),
        ("# `heartbeat digest LANE`\n`--output FILE`", ["heartbeat digest --out"]),
        ("heartbeat says: digest --out", ["heartbeat digest"]),
    ],
)
def test_a_command_or_option_is_missed_when_the_page_leaves_it_out(text: str, missing: list[str]) -> None:
    assert commands_and_options_not_in(text, example_command_line()) == missing


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("## `heartbeat digest LANE [--out FILE]`\n`heartbeat gone` in passing", []),
        ("## `heartbeat digest citizen_product`", []),
        ("## `heartbeat gone LANE`", ["heartbeat gone"]),
        ("| `--gone` | what it was |", ["--gone"]),
        ("```\n# heartbeat gone\n| `heartbeat gone` |\n```", []),
    ],
)
def test_a_command_or_option_that_is_gone_is_noticed_where_the_page_promises_it(text: str, unknown: list[str]) -> None:
    assert unknown_commands_and_options_in(text, example_command_line()) == unknown


def test_a_variable_counts_where_the_code_names_it_and_not_where_prose_mentions_it() -> None:
    source = '"""HEARTBEAT_PROSE is only talked about."""\nimport os\nos.environ["HEARTBEAT_READ"]'
    assert variables_in_python(source) == {"HEARTBEAT_" + "READ"}
