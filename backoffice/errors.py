"""What the server refuses, and what fails it.

ServerError
├── NoServer          the database holds no server, or another program's data
├── AlreadyThere      it holds one already
├── OldSchema         it has to be brought up first
├── NewerSchema       a newer program has brought it up
├── NoKey             the server's own key is not on this machine, or is another one's
├── StorageFailed     the database could not do it: nothing was kept
│   ├── StorageDown   it does not answer
│   ├── StorageBusy   it had too much to do
│   └── StorageFull   its disk is full
├── Unknown           what was named is not there
├── BadValue          a value cannot be taken
├── BadFile           a file cannot be read; it says itself that nothing was changed
├── BadRepository     a repository of updates cannot be used
├── BadPackage        a file is no package of the till's program
└── Refusal           a call of a till is refused (see `backoffice.refusals`)

Each message says what happened, what was kept and what to do.
"""

from __future__ import annotations

from tui_pos.l10n import n_


class ServerError(Exception):
    """Something that a person is told in one line."""

    template = n_("The server could not do it: {reason}")

    def __init__(self, **details: object) -> None:
        super().__init__(self.template.format(**details))
        self.details = details


class NoServer(ServerError):
    """The database holds no server."""

    template = n_("There is no server in {url}. Make one: tui-pos-server init --db {url}")


class AlreadyThere(ServerError):
    """`init` meets a server."""

    template = n_("{url} holds a server already. Nothing was changed.")


class OldSchema(ServerError):
    """The database is of an older program."""

    template = n_(
        "The database is of an older program ({found}). Start the server once: tui-pos-server serve"
    )


class NewerSchema(ServerError):
    """The database is of a newer program."""

    template = n_("The database is of a newer program ({found}). Nothing was changed: install that program.")


class NoKey(ServerError):
    """Without its key the server cannot prove to its tills who it is."""

    template = n_(
        "The server's key is not in {path}: {reason}. "
        "Bring the file back, or name its folder in TUI_POS_SECRET_DIR."
    )


class StorageFailed(ServerError):
    """The database refused."""

    template = n_("The database could not do it: {reason}. Nothing was kept.")


class StorageDown(StorageFailed):
    """The database does not answer."""

    template = n_("The database does not answer: {reason}. Nothing was kept; start it, or check --db.")


class StorageBusy(StorageFailed):
    """The database had too much to do."""

    template = n_("The database is busy: {reason}. Nothing was kept; try again.")


class StorageFull(StorageFailed):
    """The database's disk is full."""

    template = n_(
        "The database's disk is full. Nothing was kept; make room, and the tills send again by themselves."
    )


class Unknown(ServerError):
    """What was named is not there."""

    template = n_("There is no {what} “{name}”. Nothing was changed.")


class BadValue(ServerError):
    """A value cannot be taken."""

    template = n_("{what} “{value}” cannot be taken: {reason}. Nothing was changed.")


class BadFile(ServerError):
    """A file cannot be read."""

    template = "{reason}"


class BadRepository(ServerError):
    """A repository of updates cannot be used."""

    template = n_("The repository of updates {folder} cannot be used: {reason}. Nothing was published.")


class BadPackage(ServerError):
    """A file is no package that tills can be offered."""

    template = n_("{file} cannot be published: {reason}. Nothing was changed.")
