"""Which handler does which topic. A worker takes only items of these topics, and leaves others to newer workers."""

from webapp.tasks import sweeps
from webapp.tasks.handler import Handler

HANDLERS: dict[str, Handler] = {
    sweeps.TOPIC: sweeps.handle,
}
