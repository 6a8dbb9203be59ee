"""What a running stack tells the other commands of its data folder: its addresses and its environment, in `stack.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deployments.local.lock import StackLock


@dataclass(frozen=True)
class State:
    """A stack that is up."""

    addresses: Mapping[str, str]
    """Where its parts are, by the name that a person reads."""
    environment: Mapping[str, str]
    """The variables that a program needs to work with it; secrets of the local servers included."""

    def write(self, folder: Path) -> None:
        """Leave it for others; readable for us alone."""
        file = folder / "stack.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps({"addresses": self.addresses, "environment": self.environment}, indent=2))

    @classmethod
    def read(cls, folder: Path) -> "State | None":
        """The running stack of a folder; None where there is none, or it is still starting."""
        if not StackLock(folder).is_held():
            return None  # what a crash left says nothing
        try:
            kept = json.loads((folder / "stack.json").read_text())
        except (OSError, ValueError):
            return None
        return cls(kept["addresses"], kept["environment"])

    @staticmethod
    def remove(folder: Path) -> None:
        """Forget it: the stack is stopping."""
        (folder / "stack.json").unlink(missing_ok=True)
