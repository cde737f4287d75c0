"""Which application waits while its user signs in."""

from urllib.parse import urlsplit

from token_service.authorization import read_recipient
from token_service.errors import UnusableRequestError
from token_service.pages.consent_pages import AUTHORIZE
from token_service.pages.device import DEVICE
from token_service.pages.site import Site
from token_service.store.clients import find_client


def name_waiting(site: Site, target: str) -> str:
    """The application's name if the target is a request of a registered one; "" if nobody waits.

    A code in a device's address is not looked up: that is not for who is not signed in. Blocks.
    """
    parts = urlsplit(target)
    path = f"{parts.path.rstrip('/')}/"
    if path == DEVICE:
        return "A device"
    if path != AUTHORIZE:
        return ""
    engine = site.context.engine
    try:
        recipient = read_recipient(
            parts.query.encode(), find_client=lambda name: find_client(engine, name)
        )
    except UnusableRequestError:
        return ""
    return recipient.client.name
