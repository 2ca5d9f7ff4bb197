"""Pictures, from the file that somebody sends to those that everybody fetches."""

import asyncio
from contextlib import suppress
from typing import BinaryIO
from uuid import UUID

from mailing_service.errors import PictureNotFound
from mailing_service.models.pictures import Picture
from mailing_service.pictures.decoder import Decoder
from mailing_service.pictures.names import file_name, file_names, is_file_name, new_name
from mailing_service.pictures.storage import NoSuchFile, OpenedFile, Storage
from shared.errors import ServiceError


class Pictures:
    """Those of one process of the service: where they lie, and what makes them small."""

    def __init__(self, storage: Storage, decoder: Decoder) -> None:
        self._storage = storage
        self._decoder = decoder

    async def keep(self, file: BinaryIO) -> str:
        """Keep a new picture's files, and return its name; without `add` they are swept.

        Raises PictureUnreadable, PictureTooLarge, PictureMoves, NoRoomForPictures, and
        ServiceUnavailable. Nothing is left of one that is refused.
        """
        made = await self._decoder.renditions(file)
        name = new_name(made[-1].width, made[-1].height)
        try:
            for each in made:
                await self._storage.put(file_name(name, each.width), each.data)
        except BaseException:
            await self.discard(name)
            raise
        return name

    async def discard(self, name: str) -> None:
        """Remove the files of a picture that was not added, even while being cancelled."""
        removing = [self._storage.delete(file) for file in file_names(name)]
        with suppress(ServiceError):  # or the sweep does it
            await asyncio.shield(asyncio.gather(*removing))

    async def open(self, file: str) -> OpenedFile:
        """Return one file of a picture; raises PictureNotFound."""
        if not is_file_name(file):
            raise PictureNotFound
        try:
            return await self._storage.open(file)
        except NoSuchFile:
            raise PictureNotFound from None


async def add(name: str, *, created_by: UUID) -> None:
    """Write a picture down whose files are kept, in the transaction of what shows it."""
    await Picture.create(name=name, created_by=created_by)
