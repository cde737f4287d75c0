"""How a connection ends: at once, or when a caller who is still sending can have read why."""

from gateway.edge.wire.channel import Channel
from gateway.edge.wire.deadline import Deadline
from gateway.edge.wire.limits import WireLimits


class Ending:
    """What a connection that reads no more does with what still comes."""

    __slots__ = ("_channel", "_deadline", "_limits", "drops")

    def __init__(self, channel: Channel, deadline: Deadline, limits: WireLimits) -> None:
        self._channel, self._deadline, self._limits = channel, deadline, limits
        #: octets still taken and dropped; None: they are read
        self.drops: int | None = None

    def begin(self) -> None:
        """Read no more; what is being answered is the last."""
        self.drops = self._limits.linger_octets

    def close(self) -> None:
        """End the connection when all is written."""
        self.begin()
        self._channel.close()

    def drop(self, octets: int) -> None:
        """Take octets that nobody reads, so many and no more."""
        self.drops = (self.drops or 0) - octets
        if self.drops < 0:
            self._channel.close()

    def linger(self) -> None:
        """Drop what still comes, so that what was written is not lost with the connection."""
        self.begin()
        channel = self._channel
        if not channel.can_end_one_way():
            channel.close()
            return
        channel.end_one_way()
        channel.resume_reading()
        self._deadline.wait(self._limits.linger_seconds, channel.close)
