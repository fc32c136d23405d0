"""What is read by those who install it: Home Assistant, its marketplace, HACS."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import homeassistant
import pytest
from awesomeversion import AwesomeVersion
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from tests.support.translations import PACKAGE

ROOT = PACKAGE.parents[1]
README, CHANGELOG = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CHANGELOG.md"))
MANIFEST: dict[str, Any] = json.loads((PACKAGE / "manifest.json").read_text(encoding="utf-8"))
CONSTRAINTS = Path(homeassistant.__file__).parent / "package_constraints.txt"
HACS: dict[str, Any] = json.loads((ROOT / "hacs.json").read_text(encoding="utf-8"))
# What both HACS and the marketplace of Home Assistant read; HACS refuses any other.
HACS_KEYS = {
    "content_in_root",
    "country",
    "filename",
    "hacs",
    "hide_default_branch",
    "homeassistant",
    "name",
    "persistent_directory",
    "zip_release",
}
IMAGES = {f"{dark}{name}{scale}.png" for dark in ("", "dark_") for name in ("icon", "logo") for scale in ("", "@2x")}


def test_the_manifest_is_in_the_order_that_home_assistant_asks_for() -> None:
    keys = list(MANIFEST)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])


def test_the_manifest_is_that_of_a_service_in_this_folder() -> None:
    assert MANIFEST["domain"] == PACKAGE.name
    assert MANIFEST["integration_type"] == "service"
    assert MANIFEST["iot_class"] == "cloud_push"
    assert MANIFEST["issue_tracker"].startswith(MANIFEST["documentation"])


async def test_home_assistant_takes_the_manifest(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, MANIFEST["domain"])
    assert integration.file_path == PACKAGE
    assert integration.version == AwesomeVersion(MANIFEST["version"])


def test_somebody_owns_it() -> None:
    assert MANIFEST["codeowners"]
    assert all(re.fullmatch(r"@[a-z0-9-]+", owner) for owner in MANIFEST["codeowners"])


def test_what_it_needs_can_be_installed_beside_others_that_need_it() -> None:
    # Home Assistant has one copy of each package: pins of two integrations exclude each other. So the oldest version
    # that is tested is named, and below which major version it works; Home Assistant itself decides of what it pins.
    given = {line.partition("==")[0] for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines()}
    for needed in MANIFEST["requirements"]:
        written = re.fullmatch(r"([a-z0-9-]+)>=(\d+)[\d.]*(?:,<(\d+))?", needed)
        assert written, needed
        name, major, below = written.groups()
        assert below == (None if name in given else str(int(major) + 1)), needed


def test_the_oldest_version_that_it_takes_is_the_one_that_is_tested() -> None:
    tested = set((ROOT / "requirements_test.txt").read_text(encoding="utf-8").splitlines())
    ranges = [needed.partition(",")[0] for needed in MANIFEST["requirements"] if "," in needed]
    assert ranges
    assert {oldest.replace(">=", "==") for oldest in ranges} <= tested


def test_the_version_is_the_one_that_the_changelog_begins_with() -> None:
    unreleased, latest, *_ = re.findall(r"^## \[(\S+)\]", CHANGELOG, re.MULTILINE)
    assert unreleased == "Unreleased"
    assert latest == MANIFEST["version"]


def test_hacs_reads_what_it_knows() -> None:
    assert set(HACS) <= HACS_KEYS
    assert HACS["name"] == MANIFEST["name"]


def test_hacs_installs_the_zip_that_the_release_attaches() -> None:
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert HACS["zip_release"] is True
    assert workflow.count(HACS["filename"]) == 2


@pytest.mark.parametrize(("tag", "is_released"), [(MANIFEST["version"], True), ("99.0.0", False)])
def test_a_release_needs_one_version_in_tag_manifest_and_changelog(tag: str, is_released: bool) -> None:
    command = [str(ROOT / "scripts" / "release-notes"), f"v{tag}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own script
    assert (done.returncode == 0) is is_released
    assert ("### Added" in done.stdout) is is_released


def test_the_oldest_home_assistant_is_the_one_that_the_readme_names() -> None:
    year_and_month = HACS["homeassistant"].removesuffix(".0")
    assert AwesomeVersion(HACS["homeassistant"]).valid
    assert f"Home Assistant {year_and_month} or newer" in README


@pytest.mark.parametrize("part", ["custom_components/smsmode/brand", "custom_components/smsmode/translations"])
def test_nothing_lies_about_that_is_not_read(part: str) -> None:
    files = {path.name for path in (ROOT / part).iterdir()}
    assert files == {"custom_components/smsmode/brand": IMAGES}.get(part, {"en.json", "fr.json"})


def test_every_action_of_the_workflows_is_pinned_by_its_digest() -> None:
    workflows = (ROOT / ".github" / "workflows").glob("*.yml")
    used = re.findall(r"uses: (\S+)(.*)", "\n".join(path.read_text(encoding="utf-8") for path in workflows))
    assert used
    assert [action for action, name in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) or not name] == []
