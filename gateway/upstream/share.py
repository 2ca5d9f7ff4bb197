"""A part of the connections to one service, for requests that would take all of them."""

from gateway.upstream.acquire_queue import AcquireQueue, IsGone


class Share:
    """At most `size` requests `enter()` it at the same time; others wait in `queue` for their turn.

    A request that has entered has to `leave()`.
    """

    __slots__ = ("queue", "size", "taken")

    def __init__(self, size: int, queue: AcquireQueue) -> None:
        self.size = size
        self.queue = queue
        self.taken = 0

    def try_enter(self) -> bool:
        """Enter, unless it is full; tell whether it has."""
        if self.taken >= self.size:
            return False
        self.taken += 1
        return True

    async def enter(self, is_gone: IsGone) -> None:
        """Enter; raises QueueFull, QueueTimeout, and ClientGone if the client `is_gone`."""
        if self.try_enter():
            return
        await self.queue.wait(is_gone, lambda _: self.leave())

    def leave(self) -> None:
        """Give the place to the request that has waited for longest, or back."""
        waiter = self.queue.next()
        if waiter is None:
            self.taken -= 1
        else:
            waiter.set_result(None)
