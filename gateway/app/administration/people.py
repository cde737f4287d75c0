"""Users and groups: changed through the administration, so that what ends is revoked."""

from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import Form, SelectMultipleField

from gateway.app.administration.forms import GroupChange, GroupCreation, UserChange, UserCreation
from gateway.app.administration.view import Deed, Fields, RefusedChangeError, StaffView
from token_service.entities import EVERYONE
from token_service.store.profiles import Profile, change_profile

#: groups that a form offers
_MOST_GROUPS = 1_000


class UserView(StaffView):
    """Users, without anything of their passwords."""

    name = "User"
    name_plural = "Users"
    icon = "fa-solid fa-user"
    can_create = True
    can_edit = True
    can_delete = True
    moments = ("created_at",)
    column_list: ClassVar = ["id", "username", "email", "is_active", "is_staff", "groups"]
    column_details_list: ClassVar = [
        "id",
        "username",
        "email",
        "first_name",
        "last_name",
        "is_active",
        "is_staff",
        "groups",
        "subject_id",
        "created_at",
    ]
    column_searchable_list: ClassVar = ["username", "email", "first_name", "last_name"]
    column_sortable_list: ClassVar = ["id", "username", "email", "is_active", "is_staff"]
    form_create_rules: ClassVar = ["create"]

    async def scaffold_form(self, rules: list[str] | None = None) -> type[Form]:
        """The form with the groups of the moment."""
        form = UserCreation if rules == self.form_create_rules else UserChange
        names = await self.desk.in_thread(self._group_names)
        field = SelectMultipleField("Groups", choices=names, render_kw={"class": "form-control"})
        made: type[Form] = type(form.__name__, (form,), {"groups": field})
        return made

    def filled(self, row: Any) -> Fields:
        """What may be changed of the user."""
        user = self.desk.administration.get_user(row.id)
        return {
            "email": row.email,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "is_active": row.is_active,
            "is_staff": row.is_staff,
            "groups": sorted(user.groups),
        }

    def create(self, deed: Deed) -> int:
        """Add the user."""
        fields = deed.fields
        created = self.desk.administration.create_user(
            fields["username"],
            fields["password"],
            email=fields["email"] or "",
            first_name=fields["first_name"] or "",
            last_name=fields["last_name"] or "",
            staff=fields["is_staff"],
            groups=fields["groups"],
        )
        return created.id

    def change(self, deed: Deed) -> None:
        """Change the user; what ends something comes first, so that a fault leaves less open."""
        administration, row_id, fields = self.desk.administration, deed.row_id, deed.fields
        if row_id == deed.by.id and not (fields["is_active"] and fields["is_staff"]):
            raise RefusedChangeError("you would lock yourself out, let somebody else do that")
        if administration.get_user(row_id).is_active != fields["is_active"]:
            administration.set_user_active(row_id, active=fields["is_active"])
        if fields["password"]:
            administration.set_password(row_id, fields["password"])
        change_profile(self.desk.engine, row_id, _profile(fields))

    def remove(self, deed: Deed) -> None:
        """Remove the user with his grants and sessions."""
        if deed.row_id == deed.by.id:
            raise RefusedChangeError("you would remove yourself, let somebody else do that")
        self.desk.administration.delete_user(deed.row_id)

    def _group_names(self) -> Sequence[str]:
        groups = self.desk.administration.list_groups(limit=_MOST_GROUPS)
        return [group.name for group in groups if group.name != EVERYONE]


class GroupView(StaffView):
    """Groups, with the scopes that each one adds to what its users may be granted."""

    name = "Group"
    name_plural = "Groups"
    icon = "fa-solid fa-users"
    can_create = True
    can_edit = True
    can_delete = True
    column_list: ClassVar = ["id", "name", "scopes", "users"]
    column_details_list: ClassVar = column_list
    column_searchable_list: ClassVar = ["name", "scopes"]
    column_sortable_list: ClassVar = ["id", "name", "users"]
    form_create_rules: ClassVar = ["create"]

    async def scaffold_form(self, rules: list[str] | None = None) -> type[Form]:
        """The form."""
        return GroupCreation if rules == self.form_create_rules else GroupChange

    def filled(self, row: Any) -> Fields:
        """Its scopes."""
        return {"scopes": row.scopes}

    def create(self, deed: Deed) -> int:
        """Add the group."""
        administration = self.desk.administration
        return administration.create_group(deed.fields["name"], scopes=deed.fields["scopes"]).id

    def change(self, deed: Deed) -> None:
        """Change what it adds."""
        administration = self.desk.administration
        name = administration.get_group(deed.row_id).name
        administration.set_group_scopes(name, deed.fields["scopes"])

    def remove(self, deed: Deed) -> None:
        """Remove it, but not its users."""
        administration = self.desk.administration
        administration.delete_group(administration.get_group(deed.row_id).name)


def _profile(fields: Fields) -> Profile:
    return Profile(
        email=fields["email"] or "",
        first_name=fields["first_name"] or "",
        last_name=fields["last_name"] or "",
        is_staff=fields["is_staff"],
        groups=tuple(fields["groups"]),
    )
