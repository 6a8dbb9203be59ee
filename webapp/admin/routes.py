"""Routes of what admins do about users."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from models.accounts import Role
from webapp.admin import service
from webapp.admin.schemas import AdminUserPatch, AdminUserSchema, AuditEntrySchema, AuditQuery, UsersQuery
from webapp.api import Blueprint
from webapp.frame import current_user

blp = Blueprint("Admin", __name__, description="What admins do about users, and the log of what was done with rights")


@blp.route("/admin/users")
class Users(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.arguments(UsersQuery, location="query")
    @blp.response(200, AdminUserSchema(many=True))
    @blp.paged
    def get(self, query: dict[str, Any]) -> service.Page:
        """List users, the newest first"""
        return service.list_users(**query)


@blp.route("/admin/users/<id:user_id>")
class User(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.limited("admin")
    @blp.arguments(AdminUserPatch)
    @blp.response(200, AdminUserSchema)
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    def patch(self, body: dict[str, Any], user_id: UUID) -> dict[str, Any]:
        """Give a user a role, suspend or restore them"""
        return service.change_user(current_user(), user_id, **body)


@blp.route("/admin/audit")
class Audit(MethodView):
    @blp.requires(Role.ADMIN)
    @blp.arguments(AuditQuery, location="query")
    @blp.response(200, AuditEntrySchema(many=True))
    @blp.paged
    def get(self, query: dict[str, Any]) -> service.Page:
        """List what was done with rights that not everybody has, the newest first"""
        return service.list_acts(**query)
