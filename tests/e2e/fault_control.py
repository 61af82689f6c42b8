"""The library of preload/faults.c under every process of a service: bad disks and clocks, told by memory that they share."""
import mmap
import os
import struct

import support

PRELOAD = os.environ.get("STAGEMATCH_PRELOAD", "")
SHAPE = struct.Struct("iiiIq")  # struct control of preload/faults.c
FIELDS = ["write_errno", "sync_errno", "sync_delay_ms", "hits", "clock_offset_ms"]


class Control:
    """The memory that the library under every process reads."""

    def __init__(self, path):
        self.path = path
        support.write_bytes(path, bytes(SHAPE.size))
        self.file = open(path, "r+b")
        self.memory = mmap.mmap(self.file.fileno(), SHAPE.size)

    def set(self, **fields):
        values = dict(zip(FIELDS, SHAPE.unpack(self.memory[:])))
        self.memory[:] = SHAPE.pack(*{**values, **fields}.values())

    def reset(self):
        self.memory[:] = bytes(SHAPE.size)

    @property
    def hits(self):
        return SHAPE.unpack(self.memory[:])[FIELDS.index("hits")]
