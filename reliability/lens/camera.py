"""The camera of the lens."""

from typing import override

from homeassistant.components.camera import Camera
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType

PICTURE = b"\xff\xd8\xff\xe0 what the lens sees"


class LensCamera(Camera):
    """Camera at the front door."""

    _attr_name = "Front"

    @override
    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes:
        """Return its picture."""
        return PICTURE


async def async_setup_platform(
    _hass: HomeAssistant,
    _config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    _discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add the camera."""
    async_add_entities([LensCamera()])
