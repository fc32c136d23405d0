"""Pictures of alerts: taken once, when an alert starts, and shown by links in its SMS until it is over."""

import asyncio

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN, LOGGER
from ..helpers.repair_issues import IssueType, async_raise_issue
from ..helpers.tasks import BackgroundTasks
from ..sending.pictures import PictureManager
from ..state.active_alerts import ActiveAlerts
from ..state.alerts import Alert
from ..state.links import AlertCamera


class AlertPictures:
    """Pictures of the alerts of one account."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, pictures: PictureManager, alerts: ActiveAlerts) -> None:
        """Take none yet."""
        self._hass = hass
        self._entry = entry
        self._pictures = pictures
        self._alerts = alerts
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} alert pictures")
        self._taking: dict[str, asyncio.Task[None]] = {}

    @callback
    def async_stop(self) -> None:
        """Stop; what an alert has no picture of yet is taken at the next start."""
        self._tasks.cancel()

    @callback
    def async_begin(self, alert: Alert) -> None:
        """Have the camera of an alert take its picture, unless that was done, or failed."""
        camera = alert.camera
        if camera is None or camera.picture or camera.has_failed or alert.key in self._taking:
            return
        task = self._taking[alert.key] = self._tasks.create(self._async_take(alert, camera))
        task.add_done_callback(lambda _task: self._taking.pop(alert.key, None))

    async def async_wait(self, alert: Alert) -> None:
        """Wait until the picture of an alert is taken or has failed, which takes seconds at most."""
        if (task := self._taking.get(alert.key)) is not None:
            await asyncio.wait([task])

    def line(self, alert: Alert) -> str:
        """Return the last line of the SMS of the current step; it is empty if there is no picture."""
        camera = alert.camera
        return self._pictures.link(camera.picture, alert.position) if camera and camera.picture else ""

    @callback
    def async_end(self, alert: Alert) -> None:
        """Delete the picture of an alert that is over."""
        if alert.camera is not None and alert.camera.picture is not None:
            self._pictures.async_forget([alert.camera.picture])

    async def _async_take(self, alert: Alert, camera: AlertCamera) -> None:
        if (obstacle := self._pictures.obstacle) is None:
            camera.picture = await self._pictures.async_take(camera.entity_id, for_alert=True)
        else:
            LOGGER.warning("The SMS of the alert %s leave without their picture: %s", alert.alert_id, obstacle)
            async_raise_issue(self._hass, self._entry, IssueType.LINKS_MISSING)
        camera.has_failed = camera.picture is None
        self._alerts.all.mark_changed(alert.key)
