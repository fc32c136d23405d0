"""Validation of parameters: one function for each rule of the document; each refuses with code 35."""

import re
from datetime import datetime

from .clock import Clock, parse_parameter_date, to_minute
from .codes import incorrect
from .encoding import ParsedRequest

MAX_BY_GET = 300
MAX_SEGMENTS = 5
MAX_REFERENCE = 40

_NATIONAL = re.compile(r"0[1-9]\d{8}", re.ASCII)
_INTERNATIONAL = re.compile(r"[1-9]\d{3,14}", re.ASCII)
_SENDER = re.compile(r"(?=.*[A-Za-z])[!-~]{1,11}", re.ASCII)
_URL = re.compile(r"https?://[^\s/?#]+\S*")
_BIRTH = re.compile(r"\d{8}(-\d{2}:\d{2})?", re.ASCII)


def normalize_number(text: str, parameter: str) -> str:
    """Return a phone number as the gateway stores it: international, digits only; national ones are French."""
    if _NATIONAL.fullmatch(text):
        return "33" + text[1:]
    if not _INTERNATIONAL.fullmatch(text):
        raise incorrect(parameter)
    return text


def numbers(request: ParsedRequest) -> list[str]:
    """Return the recipients of `numero`: any count by POST, 300 by GET (p. 6)."""
    found = [normalize_number(number, "numero") for number in request.get("numero").split(",")]
    if request.method == "GET" and len(found) > MAX_BY_GET:
        raise incorrect("numero")
    return found


def sender(text: str) -> str:
    """Return a sender ID: 11 characters, no accent, no space, not a phone number (p. 7); empty is none."""
    if text and not _SENDER.fullmatch(text):
        raise incorrect("emetteur")
    return text


def send_time(request: ParsedRequest, clock: Clock, zone: str, *, refuse_past: bool) -> datetime:
    """Return when the message leaves: `date_envoi`, or now; what lies in the past is refused, or sent now."""
    now = clock.now()
    if not request.get("date_envoi"):
        return now
    moment = date(request, "date_envoi", zone)
    if refuse_past and moment < to_minute(now):
        raise incorrect("date_envoi")
    return max(moment, now)


def date(request: ParsedRequest, name: str, zone: str) -> datetime:
    """Return a parameter `ddMMyyyy-HH:mm`."""
    try:
        return parse_parameter_date(request.get(name), zone)
    except ValueError as error:
        raise incorrect(name) from error


def choice(request: ParsedRequest, name: str, allowed: tuple[str, ...], default: str = "") -> str:
    """Return a parameter that has few values."""
    value = request.get(name, default)
    if value not in (*allowed, default):
        raise incorrect(name)
    return value


def integer(request: ParsedRequest, name: str, default: int | None, *, low: int, high: int | None = None) -> int:
    """Return a whole number between two bounds."""
    text = request.get(name) or (str(default) if default is not None else "")
    if not (text.isascii() and text.isdigit()) or int(text) < low or (high is not None and int(text) > high):
        raise incorrect(name)
    return int(text)


def url(request: ParsedRequest, name: str) -> str:
    """Return an absolute web address, or nothing."""
    text = request.get(name)
    if text and not _URL.fullmatch(text):
        raise incorrect(name)
    return text


def reference(text: str) -> str:
    """Return a client's reference."""
    if len(text) > MAX_REFERENCE:
        raise incorrect("refClient")
    return text


def birth_date(request: ParsedRequest) -> str:
    """Return `date` as it came, if it looks like one."""
    text = request.get("date")
    if text and not _BIRTH.fullmatch(text):
        raise incorrect("date")
    return text
