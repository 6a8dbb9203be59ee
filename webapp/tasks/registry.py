"""Which handler does which topic. A worker takes only items of these topics, and leaves others to newer workers."""

from db.commands.personal import FORGET_OBJECT
from webapp.tasks import export, leaving, mail, notifying, sweeps, webhooks
from webapp.tasks.handler import Handler

HANDLERS: dict[str, Handler] = {
    export.TOPIC: export.handle,
    FORGET_OBJECT: leaving.forget_object,
    leaving.TOPIC: leaving.handle,
    mail.TOPIC: mail.handle,
    notifying.TOPIC: notifying.handle,
    notifying.POST_TOPIC: notifying.handle_post,
    sweeps.TOPIC: sweeps.handle,
    webhooks.EVENT_TOPIC: webhooks.handle_event,
    webhooks.DELIVERY_TOPIC: webhooks.handle,
}

SLOW = (mail.TOPIC, webhooks.DELIVERY_TOPIC)
"""Topics whose work waits for others' servers."""
