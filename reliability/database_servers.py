"""Database servers of a proof: Debian's PostgreSQL and MariaDB, on loopback, in a temporary folder, as nobody.

Each is started empty and ended by its process id. Where one is not installed, the proof is skipped and says so.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAME = "homeassistant"
PASSWORD = "secret"
READY_WITHIN = 60.0
UNPRIVILEGED = "nobody" if os.geteuid() == 0 else None


def _program(name: str) -> str:
    """Return the path of a program of a server; skip the proof if it is not installed."""
    versions = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    path = shutil.which(name, path=os.pathsep.join([*versions, os.environ["PATH"], "/usr/sbin"]))
    if path is None:
        pytest.skip(f"{name} is not installed: apt-get install postgresql mariadb-server")
    return path


@contextmanager
def _folder() -> Iterator[Path]:
    """Yield a folder that whoever runs the server owns."""
    # Not that of pytest, which belongs to who runs it alone.
    folder = Path(tempfile.mkdtemp(prefix="smsmode-"))
    try:
        if UNPRIVILEGED:
            shutil.chown(folder, UNPRIVILEGED)
        yield folder
    finally:
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, user=UNPRIVILEGED, cwd="/")  # noqa: S603


@contextmanager
def _served(*server: str, first: tuple[str, ...]) -> Iterator[None]:
    """Run a server, and this command as soon as it takes one; end it by its process id."""
    process = subprocess.Popen(  # noqa: S603
        server, user=UNPRIVILEGED, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + READY_WITHIN
        while subprocess.run(first, check=False, capture_output=True, user=UNPRIVILEGED, cwd="/").returncode:  # noqa: S603
            assert process.poll() is None, f"{server[0]} ended"
            assert time.monotonic() < deadline, f"{server[0]} takes no connection"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def postgresql() -> Iterator[str]:
    """Run PostgreSQL; yield the address of its database as the documentation writes it."""
    init, server, create = _program("initdb"), _program("postgres"), _program("createdb")
    with _folder() as folder:
        data, port = str(folder / "data"), str(_free_port())
        _run(init, "-D", data, "-U", NAME, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = ("-D", data, "-k", str(folder), "-h", "127.0.0.1", "-p", port, "-F")
        first = (create, "-h", "127.0.0.1", "-p", port, "-U", NAME, NAME)
        with _served(server, *options, first=first):
            yield f"postgresql://{NAME}:{PASSWORD}@127.0.0.1:{port}/{NAME}"


@contextmanager
def mariadb() -> Iterator[str]:
    """Run MariaDB; yield the address of its database as the documentation writes it."""
    init, server, client = _program("mariadb-install-db"), _program("mariadbd"), _program("mariadb")
    with _folder() as folder:
        data, port, own = str(folder / "data"), str(_free_port()), str(folder / "socket")
        _run(init, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db")
        options = (f"--datadir={data}", f"--socket={own}", f"--port={port}", "--bind-address=127.0.0.1")
        setup = (
            f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"
            f"CREATE USER '{NAME}'@'%' IDENTIFIED BY '{PASSWORD}';"
            f"GRANT ALL ON {NAME}.* TO '{NAME}'@'%';"
        )
        first = (client, "--no-defaults", f"--socket={own}", "-u", "root", "-e", setup)
        with _served(server, "--no-defaults", *options, f"--pid-file={folder}/pid", first=first):
            yield f"mysql+pymysql://{NAME}:{PASSWORD}@127.0.0.1:{port}/{NAME}?charset=utf8mb4"


SERVERS = {"PostgreSQL": postgresql, "MariaDB": mariadb}
