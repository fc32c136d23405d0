"""Typed events inside one account: listeners subscribe to an event and are notified of each.

They live and end with the account, unlike the signals of Home Assistant's dispatcher, which outlive its reloads.
"""

from collections.abc import Callable, Iterable

from homeassistant.core import CALLBACK_TYPE, callback


class Listeners[T]:
    """The listeners of one kind of event, whose data is a ``T``."""

    def __init__(self) -> None:
        """Begin without any."""
        self._listeners: list[Callable[[T], object]] = []

    @callback
    def subscribe(self, listener: Callable[[T], object]) -> CALLBACK_TYPE:
        """Add a listener; return the function that removes it."""
        self._listeners.append(listener)

        @callback
        def unsubscribe() -> None:
            self._listeners.remove(listener)

        return unsubscribe

    @callback
    def notify(self, event: T) -> None:
        """Call every listener, in the order in which they subscribed. One that is added meanwhile is not called."""
        for listener in tuple(self._listeners):
            listener(event)


class KeyedListeners[T]:
    """The listeners of one kind of event, each of which hears of one key: of a thousand recipients, one is told."""

    def __init__(self) -> None:
        """Begin without any."""
        self._listeners: dict[str, Listeners[T]] = {}

    @callback
    def subscribe(self, key: str, listener: Callable[[T], object]) -> CALLBACK_TYPE:
        """Add a listener of a key; return the function that removes it."""
        return self._listeners.setdefault(key, Listeners()).subscribe(listener)

    @callback
    def notify(self, keys: Iterable[str], event: T) -> None:
        """Call every listener of these keys."""
        for listeners in filter(None, map(self._listeners.get, keys)):
            listeners.notify(event)


class Subscriptions:
    """What one part has subscribed to, by the functions that end it; all of it is ended together."""

    def __init__(self) -> None:
        """Begin without any."""
        self._unsubscribe: list[CALLBACK_TYPE] = []

    @callback
    def add(self, *unsubscribe: CALLBACK_TYPE) -> None:
        """Add subscriptions."""
        self._unsubscribe += unsubscribe

    @callback
    def end(self) -> None:
        """End all of them; nothing happens the second time."""
        while self._unsubscribe:
            self._unsubscribe.pop()()
