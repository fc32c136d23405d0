"""The arrows of the house, read from its source. Whatever stands here is told in ARCHITECTURE.md."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from homeassistant.const import Platform

ROOT = Path(__file__).parents[2]
PACKAGE = "custom_components.smsmode"
API = f"{PACKAGE}.api"
# Time, chance, network and storage are handed in to these.
PURE = (
    "assist.sentences",
    "config.countries",
    "config.phone_numbers",
    "config.quiet_hours",
    "conversations.answers",
    "conversations.reply_reading",
    "helpers.bounded_regex",
    "helpers.bounds",
    "helpers.links",
    "helpers.recorder",
    "helpers.redaction",
    "helpers.targets",
    "helpers.text_match",
    "receiving.callback_monitor",
    "sending.duplicates",
    "sending.reconciliation",
    "state.account_facts",
    "state.account_state",
    "state.active_alerts",
    "state.alert_phases",
    "state.alert_steps",
    "state.alerts",
    "state.budget",
    "state.command_limits",
    "state.links",
    "state.message_log",
    "state.outbox",
    "state.pauses",
    "state.questions",
    "state.reply_history",
    "state.scheduled",
    "state.serialization",
    "state.text_archive",
    "state.tracked_dict",
    "state.watchdog",
)
# A package imports only what stands before it; modules of the top level are named one by one.
LAYERS = (
    "const",
    "api",
    "helpers",
    "state",
    "config",
    "errors",
    "receiving",
    "sending",
    "conversations",
    "watchdog",
    "coordinator",
    "check",
    "runtime",
    "runtime_factory",
    "automation_filter",
    "entity",
    "actions",
    "assist",
    "panel",
    "links",
    "flows",
    "legacy_notify",
)
# Names under which Home Assistant looks for a platform; a package of one of them would be loaded as one.
PLATFORM_NAMES = {
    *map(str, Platform),
    "backup",
    "condition",
    "diagnostics",
    "energy",
    "group",
    "hardware",
    "intent",
    "llm",
    "logbook",
    "media_source",
    "onboarding",
    "recorder",
    "repairs",
    "significant_change",
    "system_health",
    "trigger",
}
MAX_MODULES = 25
MAX_LINES = 400
# Home Assistant finds these by their names.
LOADED_BY_NAME = (
    "backup",
    "binary_sensor",
    "button",
    "calendar",
    "condition",
    "config_flow",
    "diagnostics",
    "event",
    "llm",
    "logbook",
    "notify",
    "repairs",
    "sensor",
    "switch",
    "system_health",
    "trigger",
)
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}
VENDOR_FRENCH = re.compile(r"\b(numero|emetteur|refClient|classe_msg|smsID|statut)\b")


@dataclass(frozen=True)
class Module:
    """A file of source under its dotted name."""

    name: str
    path: Path

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def imports(self) -> frozenset[str]:
        """Every module that is imported, anywhere in the file, under its full name."""
        return frozenset(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                for alias in node.names:
                    whole = f"{origin}.{alias.name}"
                    yield whole if _is_module(whole) else origin

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
        above = package.rsplit(".", node.level - 1)[0]
        return f"{above}.{node.module}" if node.module else above

    def imports_any(self, *packages: str) -> list[str]:
        return sorted(name for name in self.imports for package in packages if _is_within(name, package))


def _is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def _modules(folder: str) -> list[Module]:
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found.append(Module(".".join(part for part in parts if part != "__init__"), path))
    return found


INTEGRATION = _modules("custom_components/smsmode")
EMULATOR = _modules("emulator")
OURS = INTEGRATION + EMULATOR
BY_NAME = {module.name: module for module in OURS}
IN_API = [module for module in INTEGRATION if _is_within(module.name, API)]
PURE_MODULES = [BY_NAME[f"{PACKAGE}.{name}"] for name in PURE]


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here: source is read."""


def offenders[T](modules: list[Module], find: Callable[[Module], T]) -> dict[str, T]:
    """Give what is wrong with modules, by their names; nothing of those with which nothing is."""
    found = {module.name: find(module) for module in modules}
    return {name: wrong for name, wrong in found.items() if wrong}


def test_there_is_something_to_look_at() -> None:
    assert len(INTEGRATION) > 40
    assert len(EMULATOR) > 10
    assert len(IN_API) > 10
    assert BY_NAME[f"{PACKAGE}.runtime_factory"].imports >= {API, f"{PACKAGE}.state.store", "homeassistant.core"}
    assert BY_NAME[f"{API}.request"].imports >= {f"{API}.validation", f"{API}.models"}


def test_the_api_knows_nothing_of_home_assistant_nor_of_the_rest_of_the_house() -> None:
    assert not offenders(IN_API, lambda module: module.imports_any("homeassistant", "probatio", "voluptuous"))
    assert not offenders(
        IN_API,
        lambda module: [name for name in module.imports_any("custom_components") if not _is_within(name, API)],
    )


def test_nothing_outside_the_api_names_the_client_of_one_transport() -> None:
    def names(module: Module) -> bool:
        return any(
            isinstance(node, ast.Name | ast.Attribute | ast.alias)
            and "SmsmodeClient" in {getattr(node, field, None) for field in ("id", "attr", "name")}
            for node in ast.walk(module.tree)
        )

    assert not offenders([module for module in INTEGRATION if module not in IN_API], names)
    # Where it belongs, it is seen: what creates it.
    assert offenders(IN_API, names)


def test_a_pure_module_imports_only_what_is_pure() -> None:
    handed_in = ("homeassistant", "time", "random", "asyncio", "aiohttp", "os", "pathlib", "uuid")
    assert not offenders(PURE_MODULES, lambda module: module.imports_any(*handed_in))
    pure = {module.name for module in PURE_MODULES}
    assert not offenders(
        PURE_MODULES,
        lambda module: [
            name for name in module.imports_any("custom_components") if name not in pure and not _is_within(name, API)
        ],
    )


def test_a_pure_module_has_no_clock() -> None:
    assert not offenders(
        PURE_MODULES,
        lambda module: [
            ast.unparse(node)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
        ],
    )


def test_the_emulator_imports_nothing_of_ours() -> None:
    assert not offenders(EMULATOR, lambda module: module.imports_any("custom_components", "homeassistant", "tests"))


def test_the_integration_imports_nothing_of_what_tests_it() -> None:
    assert not offenders(
        INTEGRATION, lambda module: module.imports_any("benchmarks", "demo", "emulator", "reliability", "tests")
    )


def test_nothing_imports_the_root_of_the_package() -> None:
    assert not offenders(INTEGRATION, lambda module: PACKAGE in module.imports)


def test_nothing_imports_what_home_assistant_loads_by_name() -> None:
    by_name = [f"{PACKAGE}.{name}" for name in LOADED_BY_NAME]
    assert not offenders(INTEGRATION, lambda module: module.imports_any(*by_name))


def test_imports_run_one_way() -> None:
    assert _cycle({module.name: module.imports for module in INTEGRATION}) is None


def test_imports_of_the_emulator_run_one_way() -> None:
    assert _cycle({module.name: module.imports for module in EMULATOR}) is None


def _cycle(arrows: dict[str, frozenset[str]]) -> str | None:
    try:
        TopologicalSorter({name: imports & arrows.keys() for name, imports in arrows.items()}).prepare()
    except CycleError as err:
        return " imports ".join(reversed(err.args[1]))
    return None


def _layer(name: str) -> int:
    """Return the place of a module in the order of imports; what Home Assistant loads by name comes last."""
    head = name.removeprefix(f"{PACKAGE}.").split(".")[0]
    return LAYERS.index(head) if head in LAYERS else len(LAYERS)


def test_packages_import_only_what_stands_before_them() -> None:
    assert {_layer(f"{PACKAGE}.{name}") for name in LAYERS} == set(range(len(LAYERS)))
    assert not offenders(
        INTEGRATION,
        lambda module: [name for name in sorted(module.imports & BY_NAME.keys()) if _layer(name) > _layer(module.name)],
    )


@pytest.mark.parametrize(("one", "other"), [("conversations", "watchdog"), ("actions", "flows")])
def test_packages_beside_each_other_do_not_import_each_other(one: str, other: str) -> None:
    for here, there in ((one, other), (other, one)):
        within = [module for module in INTEGRATION if _is_within(module.name, f"{PACKAGE}.{here}")]
        assert within
        forbidden = f"{PACKAGE}.{there}"
        assert not offenders(within, lambda module: module.imports_any(forbidden))  # noqa: B023 - called at once


def test_no_folder_has_more_than_25_modules() -> None:
    folders = Counter(module.path.parent for module in OURS if module.path.name != "__init__.py")
    assert {folder.name: count for folder, count in folders.items() if count > MAX_MODULES} == {}


def test_no_package_is_called_like_a_platform() -> None:
    packages = {module.path.parent.name for module in INTEGRATION if module.path.name == "__init__.py"}
    assert packages >= {"api", "sending"}
    assert packages & PLATFORM_NAMES == set()


def test_one_module_alone_sends() -> None:
    def sends(module: Module) -> bool:
        return any(
            isinstance(node, ast.Attribute)
            and node.attr in {"send_message", "send_voice_message", "send_batch"}
            and ast.unparse(node.value).endswith("client")
            for node in ast.walk(module.tree)
        )

    assert list(offenders(INTEGRATION, sends)) == [f"{PACKAGE}.sending.attempt"]


def test_probatio_has_taken_the_place_of_voluptuous() -> None:
    assert not offenders(OURS, lambda module: module.imports_any("voluptuous"))


def test_annotations_are_those_of_today() -> None:
    assert not offenders(OURS, lambda module: module.imports_any("__future__"))


def test_no_file_is_longer_than_400_lines() -> None:
    assert not offenders(OURS, lambda module: max(0, len(module.source.splitlines()) - MAX_LINES))


def test_no_function_is_longer_than_40_lines() -> None:
    assert not offenders(
        OURS,
        lambda module: [
            node.name
            for node in ast.walk(module.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
        ],
    )


def test_the_vendors_french_stays_in_the_api() -> None:
    elsewhere = [module for module in INTEGRATION if module not in IN_API]
    assert not offenders(elsewhere, lambda module: VENDOR_FRENCH.findall(_code(module)))
    # Where it belongs, it is seen.
    assert offenders(IN_API, lambda module: VENDOR_FRENCH.findall(_code(module)))


def _code(module: Module) -> str:
    """Give a module without its comments and docstrings."""
    tree = ast.parse(module.source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
            ast.get_docstring(node) is not None
        ):
            node.body[0] = ast.Pass()
    return ast.unparse(tree)
