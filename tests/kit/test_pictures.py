"""Pictures that people send."""

import pytest

from guomen.kit.pictures import image_kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", "jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", ""),
        (b"GIF89a", ""),
        (b"<svg onload=alert(1)>", ""),
        (b"", ""),
    ],
)
def test_a_photo_is_known_by_its_first_bytes(content, kind):
    assert image_kind(content) == kind
