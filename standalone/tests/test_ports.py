"""A port that is reserved: no other process gets it by chance, and its server gets it for sure."""

import socket

import pytest

from standalone.ports import free_port, is_free, reserve

MANY = 2000


def test_nobody_is_given_it_by_chance() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(MANY):
            with socket.create_connection(listener.getsockname()) as visitor:
                assert visitor.getsockname()[1] != port
            listener.accept()[0].close()
    others = {free_port() for _ in range(200)}
    assert len(others) == 200
    assert port not in others


def test_a_server_that_names_it_listens_there() -> None:
    port = free_port()
    assert is_free(port)
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)


def test_one_that_somebody_listens_on_cannot_be_reserved() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(OSError, match="in use"):
        reserve(listener.getsockname()[1])
