"""The settings of the till, changed at the till: by who may, and traced."""

from __future__ import annotations

from msgspec import structs

from tui_pos import settings
from tui_pos.events import SettingsChanged
from tui_pos.inputs import ChangeSettings, PermitSettings
from tui_pos.outcomes import Outcome
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.jet import of_settings
from tui_pos.rights import Right


@takes(ChangeSettings, right=Right.SETTINGS, session=False)
async def change_settings(desk: Desk, given: ChangeSettings) -> Outcome:
    """Set the till anew: kept, and in use at once."""
    wanted = settings.check(given.settings)
    before = structs.asdict(desk.settings)
    changed = [name for name, value in structs.asdict(wanted).items() if value != before[name]]
    if changed:
        async with desk.transaction() as transaction:
            await transaction.put_setting(settings.SETTING, settings.encode(wanted))
            await desk.note(transaction, "settings_changed", of_settings(changed), names=changed)
        desk.settings = wanted
        desk.tell(SettingsChanged(wanted))
    return Outcome()


@takes(PermitSettings, right=Right.SETTINGS, session=False, while_paying=True)
async def permit_settings(desk: Desk, given: PermitSettings) -> Outcome:
    """The user may, or somebody has lent him the right: it is written down."""
    async with desk.transaction() as transaction:
        await desk.note(transaction, "settings_changed", of_settings(given.names), names=list(given.names))
    return Outcome()
