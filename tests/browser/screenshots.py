"""Screenshots of the documentation: `scripts/screenshots` keeps some of those that the browser tests took."""

import sys
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
# English ones beside the others of the documentation, French ones in a folder of their own.
FOLDERS = {"en": ROOT / "docs/images", "fr": ROOT / "docs/images/fr"}
NEWCOMER = "a_newcomer_is_led_from_the_key_to_a_delivered_test_sms"
OPTIONS = "options_are_explained_checked_and_kept"
BLOCKED = "a_blocked_recipient_is_reported_and_gets_another_number"
ANSWERED = "a_message_of_the_dashboard_is_answered_and_the_reply_shows_within_two_seconds"
GLANCE = "a_house_at_a_glance"
PLAN = "a_plan_is_made_by_clicks_raised_answered_and_over"
MOBILE_TEST = "everything_fits_a_telephone_in_the_dark"
# What each is called in the documentation, and where it comes from: the test, and the step.
CHOSEN: Mapping[str, tuple[str, str]] = {
    "setup": (NEWCOMER, "key"),
    "account": (NEWCOMER, "account"),
    "recipient": (NEWCOMER, "recipient"),
    "test": (NEWCOMER, "checked"),
    "delivered": (NEWCOMER, "delivered"),
    "options": (OPTIONS, "options"),
    "sender": (OPTIONS, "an-emoji-in-the-sender"),
    "messages": (GLANCE, "glance"),
    "costs": (GLANCE, "costs"),
    "dashboard": (ANSWERED, "reply"),
    "logbook": (ANSWERED, "logbook"),
    "device": ("a_device_shows_what_is_known_of_the_account", "device"),
    "automation": ("an_automation_made_by_hand_answers_a_reply", "trigger"),
    "alert": (PLAN, "form"),
    "step": (PLAN, "step"),
    "link": ("a_link_is_opened_on_a_telephone_that_is_logged_in_nowhere_and_pressed", "light"),
    "plan-step": ("a_plan_is_made_by_clicks_raised_answered_and_over", "step"),
    "repair": (BLOCKED, "issue"),
    "fix": (BLOCKED, "another-number"),
    "key": ("a_revoked_key_is_noticed_and_another_takes_its_place", "another-key"),
}
MOBILE_STEPS = ("account", "checked", "options", "messages")
DEMO = ("a_leak_is_told_and_an_answer_stops_the_siren", "siren-off")
GAP, GAP_COLOUR = 16, "#ccc"


def main(album: Path) -> None:
    """Write the screenshots of the documentation."""
    for language, folder in FOLDERS.items():
        folder.mkdir(parents=True, exist_ok=True)
        for name, (test, step) in CHOSEN.items():
            write(screenshot(album / language / test, step), folder / f"{name}.png")
        steps = [screenshot(album / language / MOBILE_TEST, step) for step in MOBILE_STEPS]
        write(side_by_side(steps), folder / "telephone.png")
        write(screenshot(album / language / DEMO[0], DEMO[1]), folder / "demo.png")


def screenshot(test: Path, step: str) -> Image.Image:
    """Return the screenshot of a step of a test."""
    (path,) = test.glob(f"[0-9][0-9]-{step}.png")
    return Image.open(path).convert("RGB")


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Return one image of several, side by side."""
    width = sum(picture.width + GAP for picture in pictures) - GAP
    whole = Image.new("RGB", (width, max(picture.height for picture in pictures)), GAP_COLOUR)
    left = 0
    for picture in pictures:
        whole.paste(picture, (left, 0))
        left += picture.width + GAP
    return whole


def write(picture: Image.Image, path: Path) -> None:
    """Write an image with 256 colours, which is small."""
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"→ {path.relative_to(ROOT)}, {path.stat().st_size // 1000} kB", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
