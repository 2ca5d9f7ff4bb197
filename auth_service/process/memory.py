"""Give the memory of each password hash back to the system."""

import ctypes

_M_MMAP_THRESHOLD = -3  # <malloc.h>
_ONE_MEBIBYTE = 1024 * 1024


def return_large_blocks() -> None:
    """Have glibc map blocks of 1 MiB and more for themselves, and unmap them when they are freed.

    By itself it raises that threshold once it has seen a hash's 19 MiB, and keeps as much for
    each thread for ever. Where the C library is another, nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _ONE_MEBIBYTE)
