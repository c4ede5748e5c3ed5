"""What a service needs of a second person's yes; given by the People service."""

from __future__ import annotations

from typing import Protocol

from app.shown import Approval
from domain.operation import OverrideGiven
from domain.staff import Permission


class Approver(Protocol):
    """Checks an approval: PIN, right, and that it is another person."""

    def approve(self, approval: Approval, permission: Permission, asker_id: str, subject: str = "") -> str:
        """The approver's staff id, or a refusal. `subject` is the id of what it is about: by it the reason is forgotten
        with a guest."""
        ...

    def override(
        self, approval: Approval, permission: Permission, asker_id: str, subject: str = ""
    ) -> OverrideGiven:
        """As `approve`; the yes as it was recorded, for what names it."""
        ...
