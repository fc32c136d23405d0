"""Pages behind links, in English and French: one sentence, at most one button, no script, nothing from elsewhere."""

import base64
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ..helpers.sms_texts import localized

_STYLE: Final = """
:root { color-scheme: light dark }
body { margin: 0; padding: 15vh 24px 24px; font: 18px/1.5 system-ui, sans-serif; text-align: center;
  background: #fafafa; color: #212121 }
main { max-width: 480px; margin: auto }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 12px; text-wrap: balance }
p { margin: 0 0 28px }
button { width: 100%; padding: 18px; border: 0; border-radius: 12px; font: inherit; font-weight: 600;
  background: #0b6bcb; color: #fff }
figure { margin: 0 0 28px }
img { display: block; margin: auto; max-width: 100%; max-height: 50vh; border-radius: 12px }
figcaption { margin-top: 8px; font-size: 15px; opacity: .75 }
.picture { padding-top: 24px }
button:focus-visible { outline: 3px solid currentColor; outline-offset: 3px }
@media (prefers-color-scheme: dark) { body { background: #111; color: #e8e8e8 } }
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_CONTENT_POLICY: Final = "Content-Security-Policy"
_HEADERS: Final = {
    hdrs.CACHE_CONTROL: "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class PageKind(StrEnum):
    """What a page says."""

    OPEN = "open"
    PICTURE = "picture"
    DONE = "done"
    TAKEN = "taken"
    RESOLVED = "resolved"
    OVER = "over"
    INVALID = "invalid"
    STARTING = "starting"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Words:
    """Words of a page."""

    title: str
    text: str
    button: str = ""


_STATUS: Mapping[PageKind, HTTPStatus] = {
    PageKind.INVALID: HTTPStatus.NOT_FOUND,
    PageKind.STARTING: HTTPStatus.SERVICE_UNAVAILABLE,
    PageKind.LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
}
WORDS: Final[Mapping[str, Mapping[PageKind, _Words]]] = {
    "en": {
        PageKind.OPEN: _Words(
            title="Do you take care of it?",
            text="Once you press the button, nobody else is alerted.",
            button="I take care of it",
        ),
        PageKind.PICTURE: _Words(title="What the camera saw", text=""),
        PageKind.DONE: _Words(title="Thank you", text="You take care of it. Nobody else is alerted."),
        PageKind.TAKEN: _Words(title="This alert is over", text="{name} takes care of it. There is nothing to do."),
        PageKind.RESOLVED: _Words(title="This alert is over", text="Its cause is over. There is nothing to do."),
        PageKind.OVER: _Words(title="This alert is over", text="There is nothing to do."),
        PageKind.INVALID: _Words(
            title="This link does not work",
            text="What it was for is over, or its address is not complete. Nothing was done.",
        ),
        PageKind.STARTING: _Words(
            title="Not quite yet", text="Home Assistant is starting. Nothing was done: try again in a minute."
        ),
        PageKind.LIMITED: _Words(title="Too often", text="Nothing was done: try again in a minute."),
    },
    "fr": {
        PageKind.OPEN: _Words(
            title="Vous vous en occupez\u202f?",
            text="Dès que vous appuyez sur le bouton, personne d’autre n’est alerté.",
            button="Je m’en occupe",
        ),
        PageKind.PICTURE: _Words(title="Ce que la caméra a vu", text=""),
        PageKind.DONE: _Words(title="Merci", text="Vous vous en occupez. Personne d’autre n’est alerté."),
        PageKind.TAKEN: _Words(title="Cette alerte est terminée", text="{name} s’en occupe. Il n’y a rien à faire."),
        PageKind.RESOLVED: _Words(title="Cette alerte est terminée", text="Sa cause a disparu. Il n’y a rien à faire."),
        PageKind.OVER: _Words(title="Cette alerte est terminée", text="Il n’y a rien à faire."),
        PageKind.INVALID: _Words(
            title="Ce lien ne fonctionne pas",
            text="Il n’a plus d’objet, ou son adresse n’est pas complète. Rien n’a été fait.",
        ),
        PageKind.STARTING: _Words(
            title="Un instant",
            text="Home Assistant démarre. Rien n’a été fait\u00a0: réessayez dans une minute.",
        ),
        PageKind.LIMITED: _Words(title="Trop souvent", text="Rien n’a été fait\u00a0: réessayez dans une minute."),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShownPicture:
    """Picture on a page: its address below that of the page, and when it was taken, in local time."""

    address: str
    taken_at: datetime


# Under a picture, and read aloud in its place. The day is written as in the language.
_CAPTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "en": ("Taken on {:%Y-%m-%d at %H:%M}", "Picture of the camera"),
    "fr": ("Prise le {:%d/%m/%Y à %H:%M}", "Image de la caméra"),
}


def page(kind: PageKind, language: str, name: str = "", picture: ShownPicture | None = None) -> web.Response:
    """Return a page in a language, with a picture or without; ``name`` is that of who takes care."""
    language = language.partition("-")[0]
    words = localized(WORDS, language)[kind]
    lang = language if language in WORDS else "en"
    text = f"<p>{html.escape(words.text.replace('{name}', name))}</p>" if words.text else ""
    form = f'<form method="post"><button>{words.button}</button></form>' if words.button else ""
    body = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{words.title}</title><style>{_STYLE}</style></head><body{' class="picture"' if picture else ''}>"
        f"<main><h1>{words.title}</h1>{_figure(picture, lang) if picture else ''}{text}{form}</main></body></html>"
    )
    status = _STATUS.get(kind, HTTPStatus.OK)
    headers = _HEADERS | {_CONTENT_POLICY: f"{_POLICY}; img-src 'self'" if picture else _POLICY}
    return web.Response(text=body, status=status, content_type="text/html", charset="utf-8", headers=headers)


def _figure(picture: ShownPicture, language: str) -> str:
    caption, alternative = _CAPTIONS[language]
    image = f'<img src="{html.escape(picture.address)}" alt="{alternative}">'
    return f"<figure>{image}<figcaption>{caption.format(picture.taken_at)}</figcaption></figure>"


def image(content: bytes, media_type: str) -> web.Response:
    """Return a picture itself, which is no page and runs nothing."""
    headers = _HEADERS | {_CONTENT_POLICY: "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "same-origin"}
    return web.Response(body=content, content_type=media_type, headers=headers)
