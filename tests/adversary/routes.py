"""Every operation of the app, and whose it is. A new one fails the suite until it stands in one of these tables."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Flask

from models.accounts import Role
from webapp.frame import Demands, demands_of

PUBLIC: dict[str, str] = {
    "what anybody may read of the catalogue": """
        GET /api/v1/catalogue.ndjson
        GET /api/v1/changes
        GET /api/v1/companies
        GET /api/v1/companies/{company_id}
        GET /api/v1/companies/{company_id}/shows
        GET /api/v1/entities/{entity_id}/images
        GET /api/v1/episodes/{episode_id}
        GET /api/v1/episodes/{episode_id}/cast
        GET /api/v1/genres
        GET /api/v1/lists
        GET /api/v1/lookup/{source}/{value}
        GET /api/v1/networks
        GET /api/v1/networks/{network_id}
        GET /api/v1/networks/{network_id}/shows
        GET /api/v1/people
        GET /api/v1/people/home
        GET /api/v1/people/resolve-slug
        GET /api/v1/people/{person_id}
        GET /api/v1/people/{person_id}/co-stars
        GET /api/v1/people/{person_id}/credits
        GET /api/v1/people/{person_id}/pages
        GET /api/v1/people/{person_id}/provenance
        GET /api/v1/providers
        GET /api/v1/providers/{provider_id}
        GET /api/v1/providers/{provider_id}/shows
        GET /api/v1/search
        GET /api/v1/seasons/{season_id}
        GET /api/v1/shows
        GET /api/v1/shows/list
        GET /api/v1/shows/people/{person_id}
        GET /api/v1/shows/resolve-slug
        GET /api/v1/shows/{show_id}
        GET /api/v1/shows/{show_id}/cast
        GET /api/v1/shows/{show_id}/credits
        GET /api/v1/shows/{show_id}/episode-groups
        GET /api/v1/shows/{show_id}/episode-groups/{group_id}
        GET /api/v1/shows/{show_id}/gallery
        GET /api/v1/shows/{show_id}/images
        GET /api/v1/shows/{show_id}/provenance
        GET /api/v1/shows/{show_id}/seasons
        GET /api/v1/shows/{show_id}/seasons/{season_number}
        GET /api/v1/shows/{show_id}/seasons/{season_number}/cast
        GET /api/v1/shows/{show_id}/seasons/{season_number}/episodes
        GET /api/v1/status/freshness
        GET /media/{sha256}""",
    "talk, which anybody may read; who says who they are is shown it as they may see it": """
        GET /api/v1/episodes/{entity_id}/threads
        GET /api/v1/posts/{post_id}
        GET /api/v1/posts/{post_id}/reactions
        GET /api/v1/seasons/{entity_id}/threads
        GET /api/v1/shows/{entity_id}/threads
        GET /api/v1/shows/{show_id}/air-time
        GET /api/v1/threads/{thread_id}
        GET /api/v1/threads/{thread_id}/posts
        GET /api/v1/threads/{thread_id}/tree""",
    "profiles, which hold what their users show to everybody": """
        GET /api/v1/users/by-name/{username}
        GET /api/v1/users/{user_id}""",
    "how one becomes somebody: a password, or a secret that was mailed or given, stands in the body": """
        POST /api/v1/auth/login
        POST /api/v1/auth/logout
        POST /api/v1/auth/password/forgot
        POST /api/v1/auth/password/reset
        POST /api/v1/auth/refresh
        POST /api/v1/auth/register
        POST /api/v1/auth/resend
        POST /api/v1/auth/verify""",
    "about the service itself": """
        GET /
        GET /docs/
        GET /docs/{path}
        GET /health
        GET /healthz
        GET /openapi.json
        GET /readyz
        GET /realtime/schemas.json
        GET /static/{name}""",
    "pages of the console, which show what the API shows to anybody, and how collecting goes": """
        GET /console/
        GET /console/episodes/{episode_id}
        GET /console/freshness
        GET /console/people
        GET /console/people/{person_id}
        GET /console/posts/{post_id}
        GET /console/runs
        GET /console/runs/{run_id}
        GET /console/search
        GET /console/shows
        GET /console/shows/{show_id}
        GET /console/shows/{show_id}/cast
        GET /console/shows/{show_id}/seasons/{season_number}
        GET /console/sign-in
        GET /console/static/{filename}
        GET /console/threads/{thread_id}
        GET /console/threads/{thread_id}/news
        GET /console/waiting
        GET /console/{kind}
        GET /console/{kind}/{ref}
        GET /console/{level}/{entity_id}/discussions""",
    "pages of the console that lead whoever is not signed in to where they can": """
        GET /console/entities/{entity_id}
        GET /console/merges
        GET /console/messages
        GET /console/messages/{conversation_id}
        GET /console/messages/{conversation_id}/news
        GET /console/moderation
        GET /console/notifications
        GET /console/notifications/unread
        GET /console/talk
        GET /console/webhooks
        GET /console/webhooks/{webhook_id}""",
    "signing in to the console and out of it, which takes the secret of its own form": """
        POST /console/sign-in
        POST /console/sign-out""",
}
"""What nobody has to be known for, by the reason."""

FORMS: dict[tuple[Role, ...], str] = {
    (Role.USER,): """
        POST /console/message/{message_id}/delete
        POST /console/message/{message_id}/edit
        POST /console/message/{message_id}/reactions
        POST /console/messages
        POST /console/messages/groups
        POST /console/messages/settings
        POST /console/messages/{conversation_id}/accept
        POST /console/messages/{conversation_id}/decline
        POST /console/messages/{conversation_id}/keep
        POST /console/messages/{conversation_id}/members
        POST /console/messages/{conversation_id}/members/{user_id}
        POST /console/messages/{conversation_id}/messages
        POST /console/messages/{conversation_id}/read
        POST /console/messages/{conversation_id}/title
        POST /console/notifications/read
        POST /console/notifications/settings
        POST /console/notifications/{notification_id}/read
        POST /console/posts/{post_id}/delete
        POST /console/posts/{post_id}/edit
        POST /console/posts/{post_id}/reactions
        POST /console/reports
        POST /console/shows/{show_id}/follow
        POST /console/shows/{show_id}/progress
        POST /console/threads/{thread_id}/follow
        POST /console/threads/{thread_id}/mute
        POST /console/threads/{thread_id}/posts
        POST /console/threads/{thread_id}/read
        POST /console/threads/{thread_id}/title
        POST /console/token
        POST /console/users/{user_id}/{kind}
        POST /console/{level}/{entity_id}/discussions""",
    (Role.MODERATOR,): """
        POST /console/moderation/dismissals
        POST /console/moderation/filters
        POST /console/moderation/filters/{filter_id}/remove
        POST /console/moderation/messages/{message_id}
        POST /console/moderation/posts/{post_id}
        POST /console/moderation/sanctions/{sanction_id}/lift
        POST /console/moderation/threads/{thread_id}
        POST /console/moderation/users/{user_id}/sanctions""",
    (Role.ADMIN,): """
        POST /console/entities/{entity_id}/fields/{field}
        POST /console/merges
        POST /console/merges/{merge_id}/undo
        POST /console/moderation/limits/{action}
        POST /console/shows/{show_id}/refresh
        POST /console/shows/{show_id}/wikis
        POST /console/shows/{show_id}/wikis/{wiki}/remove
        POST /console/waiting/cases/{case_id}/choose
        POST /console/waiting/cases/{case_id}/dismiss
        POST /console/waiting/images/retry
        POST /console/waiting/pages/{page_id}/confirm
        POST /console/waiting/pages/{page_id}/reject""",
    (Role.ADMIN, Role.SERVICE): """
        POST /console/webhooks
        POST /console/webhooks/{webhook_id}
        POST /console/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver
        POST /console/webhooks/{webhook_id}/remove
        POST /console/webhooks/{webhook_id}/secret
        POST /console/webhooks/{webhook_id}/test""",
}
"""What one does by a form of the console, by the roles of which one is wanted at least: known by the console's cookie alone,
never by a header."""

SOMEBODY = """
    DELETE /api/v1/me
    DELETE /api/v1/me/avatar
    DELETE /api/v1/me/blocks/{user_id}
    DELETE /api/v1/me/follows/shows/{show_id}
    DELETE /api/v1/me/mutes/{user_id}
    DELETE /api/v1/me/progress/{show_id}
    DELETE /api/v1/threads/{thread_id}/follow
    DELETE /api/v1/threads/{thread_id}/mute
    GET /api/v1/auth/sessions
    GET /api/v1/dms
    GET /api/v1/dms/search
    GET /api/v1/me
    GET /api/v1/me/activity
    GET /api/v1/me/export
    GET /api/v1/me/follows/shows
    GET /api/v1/me/message-settings
    GET /api/v1/me/notifications
    GET /api/v1/me/notifications/settings
    GET /api/v1/me/notifications/unread
    GET /api/v1/me/progress
    GET /api/v1/me/progress/{show_id}
    GET /api/v1/me/relations
    GET /api/v1/me/sanctions
    PATCH /api/v1/me
    PATCH /api/v1/me/message-settings
    POST /api/v1/auth/logout-everywhere
    POST /api/v1/auth/password
    POST /api/v1/dms
    POST /api/v1/dms/groups
    POST /api/v1/dms/images
    POST /api/v1/episodes/{entity_id}/threads
    POST /api/v1/me/export
    POST /api/v1/me/notifications/read
    POST /api/v1/posts/{post_id}/reactions
    POST /api/v1/reports
    POST /api/v1/seasons/{entity_id}/threads
    POST /api/v1/shows/{entity_id}/threads
    POST /api/v1/threads/{thread_id}/posts
    POST /api/v1/threads/{thread_id}/read
    PUT /api/v1/me/avatar
    PUT /api/v1/me/blocks/{user_id}
    PUT /api/v1/me/follows/shows/{show_id}
    PUT /api/v1/me/mutes/{user_id}
    PUT /api/v1/me/notifications/settings
    PUT /api/v1/me/progress/{show_id}
    PUT /api/v1/threads/{thread_id}/follow
    PUT /api/v1/threads/{thread_id}/mute"""
"""What any user may, for themselves: what the path names, if anything, is everybody's."""

ROLES: dict[tuple[Role, ...], str] = {
    (Role.ADMIN,): """
        DELETE /api/v1/admin/entities/{entity_id}/roster/{person_id}
        DELETE /api/v1/admin/shows/{show_id}/wikis/{wiki}
        DELETE /api/v1/shows/{show_id}/air-time
        GET /api/v1/admin/audit
        GET /api/v1/admin/cases
        GET /api/v1/admin/entities/{entity_id}
        GET /api/v1/admin/limits
        GET /api/v1/admin/merges
        GET /api/v1/admin/outbox
        GET /api/v1/admin/shows/{show_id}/roster
        GET /api/v1/admin/shows/{show_id}/wikis
        GET /api/v1/admin/users
        GET /api/v1/admin/wiki-pages
        PATCH /api/v1/admin/entities/{entity_id}
        PATCH /api/v1/admin/users/{user_id}
        POST /api/v1/admin/cases/{case_id}/choose
        POST /api/v1/admin/cases/{case_id}/dismiss
        POST /api/v1/admin/merges
        POST /api/v1/admin/merges/{merge_id}/undo
        POST /api/v1/admin/outbox/{item_id}/retry
        POST /api/v1/admin/shows/{show_id}/refresh
        POST /api/v1/admin/wiki-pages/{page_id}/confirm
        POST /api/v1/admin/wiki-pages/{page_id}/reject
        PUT /api/v1/admin/entities/{entity_id}/roster/{person_id}
        PUT /api/v1/admin/limits
        PUT /api/v1/admin/shows/{show_id}/wikis/{wiki}
        PUT /api/v1/shows/{show_id}/air-time""",
    (Role.MODERATOR,): """
        DELETE /api/v1/moderation/filters/{filter_id}
        DELETE /api/v1/moderation/messages/{message_id}
        DELETE /api/v1/moderation/sanctions/{sanction_id}
        GET /api/v1/moderation/filters
        GET /api/v1/moderation/queue
        GET /api/v1/moderation/users/{user_id}/sanctions
        PATCH /api/v1/moderation/posts/{post_id}
        PATCH /api/v1/moderation/threads/{thread_id}
        POST /api/v1/moderation/dismissals
        POST /api/v1/moderation/filters
        POST /api/v1/moderation/users/{user_id}/sanctions""",
    (Role.ADMIN, Role.SERVICE): """
        DELETE /api/v1/webhooks/{webhook_id}
        GET /api/v1/jobs/deployments
        GET /api/v1/jobs/{job_id}
        GET /api/v1/webhooks
        GET /api/v1/webhooks/{webhook_id}
        GET /api/v1/webhooks/{webhook_id}/deliveries
        PATCH /api/v1/webhooks/{webhook_id}
        POST /api/v1/jobs
        POST /api/v1/jobs/{job_id}/cancel
        POST /api/v1/webhooks
        POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver
        POST /api/v1/webhooks/{webhook_id}/secret
        POST /api/v1/webhooks/{webhook_id}/test""",
}
"""What wants a role, by the roles that may."""

OWNED = """
    DELETE /api/v1/auth/sessions/{session_id}
    DELETE /api/v1/dms/groups/{conversation_id}/members/{user_id}
    DELETE /api/v1/dms/messages/{message_id}
    DELETE /api/v1/posts/{post_id}
    GET /api/v1/dms/messages/{message_id}
    GET /api/v1/dms/{conversation_id}
    GET /api/v1/dms/{conversation_id}/messages
    GET /api/v1/posts/{post_id}/history
    GET /api/v1/rooms/{room}/events
    PATCH /api/v1/dms/groups/{conversation_id}
    PATCH /api/v1/dms/groups/{conversation_id}/members/{user_id}
    PATCH /api/v1/dms/messages/{message_id}
    PATCH /api/v1/dms/{conversation_id}
    PATCH /api/v1/posts/{post_id}
    PATCH /api/v1/threads/{thread_id}
    POST /api/v1/dms/messages/{message_id}/reactions
    POST /api/v1/dms/{conversation_id}/accept
    POST /api/v1/dms/{conversation_id}/decline
    POST /api/v1/dms/{conversation_id}/messages
    POST /api/v1/dms/{conversation_id}/read
    POST /api/v1/me/notifications/{notification_id}/read
    PUT /api/v1/dms/groups/{conversation_id}/members/{user_id}"""
"""What names something that belongs to somebody; `test_routes.py` has one of each tried by somebody else."""


class Operation(NamedTuple):
    """One thing that the app answers."""

    method: str
    rule: str
    endpoint: str
    demands: Demands

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def path(self) -> str:
        """The rule as the documents write it."""
        return re.sub(r"<(?:.*?:)?(\w+)>", r"{\1}", self.rule)

    def address(self, **values: Any) -> str:
        """An address of it; what is not given names nothing that is there."""

        def value(found: "re.Match[str]") -> str:
            kind, name = found[1], found[2]
            made = {"id:": NOTHING, "ref:": NOTHING, "number:": "999999", "digest:": "0" * 64}
            one_of = re.match(r"any\((\w+)", kind or "")
            return str(values.get(name) or made.get(kind or "", one_of[1] if one_of else "nothing"))

        return re.sub(r"<(.*?:)?(\w+)>", value, self.rule)


NOTHING = "00000000-0000-4000-8000-000000000000"


def operations(app: Flask) -> list[Operation]:
    """Everything that the app answers."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        resource: Any = getattr(view, "view_class", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            handler: Callable[..., Any] = getattr(resource, method.lower(), view) if resource else view
            found.append(Operation(method, rule.rule, rule.endpoint, demands_of(handler)))
    return sorted(found, key=str)


def named(table: str) -> list[str]:
    """The operations that a table lists."""
    return [line.strip() for line in table.splitlines() if line.strip()]
