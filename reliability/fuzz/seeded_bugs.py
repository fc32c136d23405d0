"""Seeded bugs in a copy of the integration, one for each subject, which the fuzzer must find."""

import shutil
from pathlib import Path

from .runner import ROOT

_PACKAGES = ("custom_components", "reliability/fuzz")
_INTEGRATION = Path("custom_components/smsmode")

# Subject, file, what stands there, what is put in its place.
SEEDED_BUGS = (
    # Of a return code only the last digit counts: 50 is a success.
    ("answers", "api/response.py", "    if code:", "    if code % 10:"),
    # A text with a bar is cut at its first.
    ("lists", "api/list_parser.py", "tail = head[-1].rsplit(", "tail = head[-1].split("),
    # A whole minute of the hour that autumn repeats is taken for a started one.
    ("dates", "api/dates.py", "whole != instant", "whole != moment"),
    # A key with a space in it takes for ever.
    ("wire", "api/validation.py", 're.compile(r"[!-~]+"', 're.compile(r"(?:[!-~]+)+"'),
    # Half a character is an exception that is not ours.
    ("callbacks", "api/callback.py", "except UnicodeEncodeError:", "except UnicodeTranslateError:"),
    # Long texts are taken to have room for a character more in each segment.
    ("texts", "api/text.py", "Alphabet.GSM: 153", "Alphabet.GSM: 154"),
    # A number of no country is an exception that is not ours.
    (
        "phones",
        "config/phone_numbers.py",
        "    except NumberParseException:\n        raise",
        "    except ValueError:\n        raise",
    ),
    # What Windows makes of a file is an exception.
    ("files", "actions/csv_batch.py", "except UnicodeDecodeError:", "except UnicodeEncodeError:"),
    # A restart forgets how often nobody could look.
    ("state", "state/serialization.py", '    "failed_lookups",\n', ""),
)


def insert_bugs(root: Path) -> None:
    """Copy the code to `root`, and insert all bugs into the copy."""
    for package in _PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "reliability" / "__init__.py").touch()
    for _, name, right, wrong in SEEDED_BUGS:
        path = root / _INTEGRATION / name
        source = path.read_text()
        assert source.count(right) == 1, f"{right} stands no longer once in {name}"
        path.write_text(source.replace(right, wrong))
