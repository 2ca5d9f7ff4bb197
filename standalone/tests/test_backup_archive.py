"""An archive gives back what was put in, or says that it is not what was written."""

from collections.abc import Iterator
from io import BytesIO

import pytest

from standalone.backup import encryption
from standalone.backup.archive import ArchiveReader, ArchiveWriter
from standalone.backup.errors import ArchiveRefused, BackupFailed

PASSPHRASE = "correct horse battery"
PARTS = {"manifest": b"{}", "empty": b"", "dump": b"Samovar" * 40_000}


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that cost nothing; how many there are is not what is tested here."""
    monkeypatch.setattr(encryption, "_SCRYPT_COST", 2)


def test_what_was_put_in_comes_out() -> None:
    assert _read(_archive()) == PARTS


def test_a_part_that_is_not_read_is_passed_over() -> None:
    names = [name for name, _ in ArchiveReader(BytesIO(_archive()), PASSPHRASE).parts()]
    assert names == list(PARTS)


def test_nothing_of_it_can_be_read_without_the_passphrase() -> None:
    archive = _archive()
    assert b"Samovar" not in archive
    assert b"manifest" not in archive
    with pytest.raises(ArchiveRefused, match="passphrase"):
        _read(archive, passphrase="correct horse batterY")


def test_two_archives_of_the_same_have_nothing_in_common() -> None:
    one, other = _archive(), _archive()
    assert one[17:33] != other[17:33]
    assert one[33:] != other[33:]


@pytest.mark.parametrize("place", [0, 20, 33, 40_000, 65_585, 200_000, -1])
def test_a_changed_bit_is_noticed(place: int) -> None:
    archive = bytearray(_archive())
    archive[place] ^= 1
    with pytest.raises(ArchiveRefused):
        _read(bytes(archive))


@pytest.mark.parametrize("length", [0, 10, 33, 34, 65_585, 131_137, 200_000, -1])
def test_a_cut_is_noticed(length: int) -> None:
    """Also one between two pieces, each of which is whole."""
    with pytest.raises(ArchiveRefused):
        _read(_archive()[:length])


def test_pieces_that_change_places_are_noticed() -> None:
    archive, piece = _archive(), 65_536 + 16
    first, second = archive[33 : 33 + piece], archive[33 + piece : 33 + 2 * piece]
    with pytest.raises(ArchiveRefused):
        _read(archive[:33] + second + first + archive[33 + 2 * piece :])


def test_what_follows_the_end_is_noticed() -> None:
    with pytest.raises(ArchiveRefused):
        _read(_archive() + b"more")


def test_a_pipe_may_give_a_few_bytes_at_a_time() -> None:
    class Pipe(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 1, 1000))

    assert _parts(ArchiveReader(Pipe(_archive()), PASSPHRASE)) == PARTS


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BackupFailed, match="12 characters"):
        ArchiveWriter(BytesIO(), "short")


def _archive() -> bytes:
    stream = BytesIO()
    archive = ArchiveWriter(stream, PASSPHRASE)
    for name, content in PARTS.items():
        archive.add(name, _blocks(content))
    archive.finish()
    return stream.getvalue()


def _blocks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 50_000):
        yield content[start : start + 50_000]


def _read(archive: bytes, *, passphrase: str = PASSPHRASE) -> dict[str, bytes]:
    return _parts(ArchiveReader(BytesIO(archive), passphrase))


def _parts(reader: ArchiveReader) -> dict[str, bytes]:
    return {name: b"".join(blocks) for name, blocks in reader.parts()}
