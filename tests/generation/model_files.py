"""Makes small ONNX-like files byte by byte: models are read without any library here."""


def varint(value: int) -> bytes:
    """Protocol Buffers' base-128 number."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def text(field: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return varint(field << 3 | 2) + varint(len(content)) + content


def metadata(key: str, value: str) -> bytes:
    """One of ModelProto's metadata_props."""
    return text(14, text(1, key.encode()) + text(2, value.encode()))


GRAPH = text(7, b"\x00" * 300)
VERSION = varint(1 << 3) + varint(9)
