"""The server's own key: an Ed25519 seed in a file of its own, never in the database or its backups."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

from backoffice.errors import NoKey
from sync.protocol import Signer
from tui_pos.l10n import n_

FOLDER_VARIABLE = "TUI_POS_SECRET_DIR"
_SEED_SIZE = 32


def secret_folder() -> Path:
    """Where keys are kept: the folder that `TUI_POS_SECRET_DIR` names, else one of the user's."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_data_path("tui-pos-server") / "secrets"


def _file(instance: str) -> Path:
    return secret_folder() / f"{instance}.key"


def make_key(instance: str, seed: bytes) -> Signer:
    """Write the key of a new server, for its owner's eyes only.

    Raises:
        NoKey: it cannot be written.
    """
    path = _file(instance)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(seed.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise NoKey(path=path, reason=error.strerror) from error
    return Signer(seed)


def read_key(instance: str, public_key: str) -> Signer:
    """The key of a server.

    Raises:
        NoKey: it is not there, or not the one that its tills know.
    """
    path = _file(instance)
    try:
        seed = bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise NoKey(path=path, reason=getattr(error, "strerror", None) or n_("it cannot be read")) from error
    if len(seed) != _SEED_SIZE:
        raise NoKey(path=path, reason=n_("it is not whole"))
    signer = Signer(seed)
    if signer.public_key.hex() != public_key:
        raise NoKey(path=path, reason=n_("it is not the key that the tills of this server know"))
    return signer
