"""Pictures that people send: which kind they are, by their first bytes and never by their name."""


def image_kind(content: bytes) -> str:
    """jpeg, png or webp by the file's first bytes; "" for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return ""
