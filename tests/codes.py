"""Read QR codes back from paper and pictures, with a reader nobody here wrote."""

import pypdfium2
import zxingcpp


def codes_in_pdf(content: bytes, dpi: int = 200) -> list[str]:
    """What the QR codes of every page say, page by page, top to bottom, left to right."""
    found = []
    with pypdfium2.PdfDocument(content) as paper:
        for page in paper:
            picture = page.render(scale=dpi / 72, grayscale=True).to_pil()
            codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
            height = dpi // 3
            ordered = sorted(codes, key=lambda c: (c.position.top_left.y // height, c.position.top_left.x))
            found += [c.text for c in ordered]
    return found
