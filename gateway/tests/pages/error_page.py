"""What every page of an error is."""

from testing.gateway.raw_client import Reply


def assert_page(reply: Reply, status: int, language: str = "en") -> str:
    """Hold a response to what every one of these pages is; return its text."""
    assert (reply.status, reply.clean) == (status, True)
    assert reply.values(b"content-type") == [b"text/html; charset=utf-8"]
    assert reply.values(b"content-language") == [language.encode()]
    assert b"Accept-Language" in reply.values(b"vary")
    assert reply.values(b"cache-control") == [b"no-store"]
    assert reply.values(b"x-content-type-options") == [b"nosniff"]
    assert len(reply.values(b"content-security-policy")) == 1
    return reply.body.decode()
