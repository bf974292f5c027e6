"""What the subcommands of `heartbeat tripwires` ask for: the files, the ledger, one tripwire, several. No printing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from heartbeat_assets.errors import SpecProblem, UsageProblem
from heartbeat_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from heartbeat_assets.governance.policy import TripwirePolicy
    from heartbeat_assets.governance.tripwires_file import TripwiresSet
    from heartbeat_assets.ledger import Ledger


@dataclass(frozen=True)
class Room:
    """The tripwires of the project and what the ledger has of them."""

    settings: Settings

    @cached_property
    def files(self) -> TripwiresSet:
        from heartbeat_assets.governance.tripwires_file import tripwires_in

        return tripwires_in(self.settings.defs)

    @cached_property
    def ledger(self) -> Ledger:
        from heartbeat_assets.ledger import open_ledger

        return open_ledger(self.settings.ledger_url)

    @cached_property
    def policies(self) -> list[tuple[str, TripwirePolicy]]:
        """Every policy with the folder it is in."""
        return list(self.files.policies())

    def chosen(self, names: Sequence[str]) -> list[tuple[str, TripwirePolicy]]:
        """Those that `names` (tripwires, domains, folders) ask for, each once; without a name the enabled ones.

        Raises UsageProblem for a name that is nothing of the kind.
        """
        if not names:
            return [(folder, policy) for folder, policy in self.policies if policy.enabled]
        wanted: dict[str, tuple[str, TripwirePolicy]] = {}
        for name in names:
            found = [
                (folder, policy)
                for folder, policy in self.policies
                if name.lower() in (policy.name.lower(), policy.domain.lower()) or name == folder
            ]
            if not found:
                raise self.unknown(name)
            wanted |= {policy.name: (folder, policy) for folder, policy in found}
        return list(wanted.values())

    def one(self, name: str) -> tuple[str, TripwirePolicy] | None:
        """The policy called `name`; None for one that is in no file any more. Raises UsageProblem."""
        from heartbeat_assets.governance.look import newest_record
        from heartbeat_assets.governance.policy import spelled_name

        found = self.files.find(name)
        if found is None and newest_record(self.ledger, spelled_name(name)) is None:
            raise self.unknown(name)
        return found

    def unknown(self, name: str) -> UsageProblem | SpecProblem:
        """What to say of a name that nothing has; a file with mistakes may be why."""
        from heartbeat_assets.governance.policy import spelled_name

        if self.files.problems:
            return self.files.problems[0]
        known = [policy.name for _, policy in self.policies]
        close = get_close_matches(spelled_name(name), known, n=1)
        if close:
            return UsageProblem(f"no tripwire {name!r}; did you mean {close[0]!r}?")
        return UsageProblem(f"no tripwire {name!r}; there is {', '.join(known) or f'none below {self.settings.defs}'}")


def the_room() -> Room:
    """The tripwires of this project."""
    return Room(load_settings())
