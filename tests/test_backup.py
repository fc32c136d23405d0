"""A backup is whole, and nobody has to be silent for it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from homeassistant.core import HomeAssistant

from custom_components.smsmode.backup import async_post_backup, async_pre_backup
from tests.support.house import House


def texts_in(folder: Path) -> str:
    """Read what a house would find that is restored from this folder."""
    (file,) = folder.glob("smsmode.*.db")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        return str(connection.execute("SELECT value FROM record WHERE field = 'request'").fetchall())


async def test_a_backup_is_whole_although_messages_come_meanwhile(
    hass: HomeAssistant, house: House, tmp_path: Path
) -> None:
    files = Path(hass.config.path(".storage"))
    copy = tmp_path / "copy"
    copy.mkdir()
    async with house.gateway.offline():
        await house.async_call("send_message", message="before", target=["Alice"])
        # Otherwise every write would soon be in the file that is being copied.
        assert house.account.store._database is not None
        house.account.store._database._connection.execute("PRAGMA wal_autocheckpoint = 1")
        await async_pre_backup(hass)
        (file,) = files.glob("smsmode.*.db")
        content = file.read_bytes()
        for number in range(3):
            await house.async_call("send_message", message=f"meanwhile {number}", target=["Alice"])
        assert file.read_bytes() == content
        for source in files.glob("smsmode.*.db*"):
            (copy / source.name).write_bytes(source.read_bytes())
        await async_post_backup(hass)
    assert "before" in texts_in(copy)
    assert "meanwhile 2" in texts_in(copy)


async def test_an_account_that_is_not_loaded_is_no_obstacle(hass: HomeAssistant, house: House) -> None:
    await async_pre_backup(hass)
    await house.account.store.async_close()
    await async_post_backup(hass)
    await hass.config_entries.async_unload(house.entry.entry_id)
    await async_pre_backup(hass)
