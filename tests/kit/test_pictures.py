"""Photos keep their picture and lose what they tell about who made them, where and when."""

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from guomen.kit.pictures import image_kind, without_metadata

SECRET = b"Fen's phone"


def photo(kind: str, orientation: int = 6, **options: object) -> bytes:
    """A small photo with the maker's name, a place and the way that is up, as phones write them."""
    image = Image.frombytes("RGB", (48, 32), bytes((n * 7) % 256 for n in range(48 * 32 * 3)))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9003] = orientation, SECRET.decode(), "2026:11:26 12:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 0.0), 3: "E", 4: (121.0, 28.0, 0.0)})
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"comment": SECRET, "quality": 90}),
        ("JPEG", {"progressive": True, "xmp": b"<x>" + SECRET + b"</x>"}),
        ("PNG", {}),
        ("WEBP", {"xmp": b"<x>" + SECRET + b"</x>"}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_a_photo_loses_what_it_tells_and_keeps_every_pixel(kind, options):
    if kind == "PNG":
        options = {"pnginfo": (info := PngInfo())}
        info.add_text("Author", SECRET.decode())
        info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    before = photo(kind, **options)
    assert SECRET in before
    after = without_metadata(before)
    assert SECRET not in after
    exif = opened(after).getexif()
    assert not exif.get_ifd(0x8825)
    assert set(exif) <= {0x0112}
    assert opened(after).tobytes() == opened(before).tobytes()
    assert without_metadata(after) == after
    assert image_kind(after) == kind.lower()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_keeps_which_way_is_up(orientation):
    after = without_metadata(photo("JPEG", orientation))
    assert opened(after).getexif().get(0x0112, 1) == orientation
    assert len(opened(after).getexif()) == (orientation != 1)


def test_a_colour_profile_stays():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    after = without_metadata(photo("JPEG", icc_profile=profile))
    assert opened(after).info["icc_profile"] == profile


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_hidden_behind_the_end_is_left_out(kind):
    before = photo(kind)
    assert without_metadata(before + b"PK\x03\x04 a program") == without_metadata(before)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_breaks_off_anywhere_is_refused_or_a_whole_picture_and_never_a_breakdown(kind):
    whole = photo(kind)
    for length in range(len(whole)):
        with pytest.raises(ValueError, match=r"picture|JPEG|PNG"):
            without_metadata(whole[:length])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_photos_never_break_anything(kind):
    whole = photo(kind)
    for at in range(min(len(whole), 700)):
        for value in (0x00, 0xFF, 0xE1):
            odd = whole[:at] + bytes([value]) + whole[at + 1 :]
            try:
                without_metadata(odd)
            except ValueError:
                continue


def test_what_is_no_picture_is_refused():
    for content in (b"", b"MZ program", b"RIFF1234WAVE", b"GIF89a"):
        with pytest.raises(ValueError, match="no JPEG"):
            without_metadata(content)
