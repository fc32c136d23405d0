"""The arrows of the house, read from its source. Whatever stands here is told in ARCHITECTURE.md."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "custom_components.smsmode"
API = f"{PACKAGE}.api"
# Time, chance, network and storage are handed in to these.
PURE = (
    "alerts",
    "answers",
    "budget",
    "callback_watch",
    "clock",
    "command_guard",
    "command_text",
    "codec",
    "codes",
    "flood",
    "folding",
    "ledger",
    "lookup",
    "numbers",
    "outbox",
    "phrases",
    "recorded",
    "quiet",
    "questions",
    "records",
    "replies",
    "runway",
    "schedule",
    "shelf",
    "targets",
    "watchdog",
)
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
        return frozenset(self._imports(ast.walk(self.tree)))

    @cached_property
    def imports_at_run_time(self) -> frozenset[str]:
        """Those of them that are imported when the file is."""
        return frozenset(self._imports(self.tree.body))

    def _imports(self, nodes: Iterable[ast.AST]) -> Iterator[str]:
        for node in nodes:
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
    assert BY_NAME[f"{PACKAGE}.account"].imports >= {API, f"{PACKAGE}.storage", "homeassistant.core"}
    assert BY_NAME[f"{API}.forms"].imports >= {f"{API}.limits", f"{API}.models"}


def test_the_api_knows_nothing_of_home_assistant_nor_of_the_rest_of_the_house() -> None:
    assert not offenders(IN_API, lambda module: module.imports_any("homeassistant", "probatio", "voluptuous"))
    assert not offenders(
        IN_API,
        lambda module: [name for name in module.imports_any("custom_components") if not _is_within(name, API)],
    )


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
    assert not offenders(INTEGRATION, lambda module: module.imports_any("emulator", "tests", "bench"))


def test_nothing_imports_the_root_of_the_package() -> None:
    assert not offenders(INTEGRATION, lambda module: PACKAGE in module.imports)


def test_nothing_imports_what_home_assistant_loads_by_name() -> None:
    by_name = [f"{PACKAGE}.{name}" for name in LOADED_BY_NAME]
    assert not offenders(INTEGRATION, lambda module: module.imports_any(*by_name))


def test_imports_run_one_way() -> None:
    assert _cycle({module.name: module.imports for module in INTEGRATION}) is None


def test_imports_of_the_emulator_run_one_way() -> None:
    # Its back door is handed the whole gateway, and names it in annotations.
    assert _cycle({module.name: module.imports_at_run_time for module in EMULATOR}) is None


def _cycle(arrows: dict[str, frozenset[str]]) -> str | None:
    try:
        TopologicalSorter({name: imports & arrows.keys() for name, imports in arrows.items()}).prepare()
    except CycleError as err:
        return " imports ".join(reversed(err.args[1]))
    return None


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        pytest.param(
            ("outbox", "ledger", "replies", "budget", "lookup", "records", "database"),
            ("messenger", "postman", "inbox"),
            id="state",
        ),
        pytest.param(("messenger", "postman", "carrier", "storage"), ("sending", "services"), id="the way out"),
        pytest.param(("inbox", "doorbell", "coordinator"), ("webhook", "entity"), id="the way in"),
        pytest.param(("account",), ("sending", "services", "entity", "webhook"), id="the account"),
    ],
)
def test_what_is_below_does_not_know_what_is_above(lower: tuple[str, ...], upper: tuple[str, ...]) -> None:
    above = {f"{PACKAGE}.{name}" for name in upper}
    assert above <= BY_NAME.keys()
    modules = [BY_NAME[f"{PACKAGE}.{name}"] for name in lower]
    assert not offenders(modules, lambda module: _all_below(module, set()) & above)


def _all_below(module: Module, seen: set[str]) -> set[str]:
    for name in module.imports & BY_NAME.keys() - seen:
        seen.add(name)
        _all_below(BY_NAME[name], seen)
    return seen


def test_the_carrier_alone_sends() -> None:
    def sends(module: Module) -> bool:
        return any(
            isinstance(node, ast.Attribute)
            and node.attr in {"send_message", "send_voice_message", "send_batch"}
            and ast.unparse(node.value).endswith("client")
            for node in ast.walk(module.tree)
        )

    assert list(offenders(INTEGRATION, sends)) == [f"{PACKAGE}.carrier"]


def test_probatio_has_taken_the_place_of_voluptuous() -> None:
    assert not offenders(OURS, lambda module: module.imports_any("voluptuous"))


def test_annotations_are_those_of_today() -> None:
    assert not offenders(OURS, lambda module: module.imports_any("__future__"))


def test_no_file_is_longer_than_300_lines() -> None:
    assert not offenders(OURS, lambda module: max(0, len(module.source.splitlines()) - 300))


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
