"""API keys: whose they are, what they open, and the end of them."""

from typing import ClassVar

from gateway.app.administration.view import Deed, StaffView
from token_service.api_keys import ApiKeys


class ApiKeyView(StaffView):
    """Keys by how they begin; they are made where their text is shown once."""

    name = "API key"
    name_plural = "API keys"
    icon = "fa-solid fa-key"
    can_delete = True
    moments = ("created_at", "expires_at", "last_used_at", "revoked_at")
    column_list: ClassVar = [
        "id",
        "hint",
        "scheme",
        "name",
        "user",
        "client",
        "last_used_at",
        "revoked_at",
    ]
    column_details_list: ClassVar = [*column_list, "roles", "created_at", "expires_at"]
    column_searchable_list: ClassVar = ["hint", "scheme", "name", "user", "client", "roles"]
    column_sortable_list: ClassVar = ["id", "scheme", "name", "user", "client", "last_used_at"]
    column_default_sort: ClassVar = ("id", True)

    def remove(self, deed: Deed) -> None:
        """End the key, everywhere within two seconds, and forget it."""
        administration = self.desk.administration
        ApiKeys(self.desk.engine, administration.clock).delete(deed.row_id)
