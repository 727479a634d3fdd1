"""Read QR codes back from paper and pictures, with a reader nobody here wrote."""

import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image


def codes_in_pdf(content: bytes, folder: Path, dpi: int = 200) -> list[str]:
    """What the QR codes of every page say, page by page, top to bottom, left to right."""
    source = folder / "paper.pdf"
    source.write_bytes(content)
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", str(source), str(folder / "paper")], check=True)
    found = []
    for path in sorted(folder.glob("paper*.pgm")):
        with Image.open(path) as picture:
            codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        height = dpi // 3
        ordered = sorted(codes, key=lambda c: (c.position.top_left.y // height, c.position.top_left.x))
        found += [c.text for c in ordered]
    return found
