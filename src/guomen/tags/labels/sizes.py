"""Sizes of labels in millimetres: sheets as sold for office printers, rolls for label printers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """One label, and how many of them a page has. Of a roll, a page is one label."""

    code: str
    width: float
    height: float
    page: tuple[float, float]
    across: int = 1
    down: int = 1
    left: float = 0
    top: float = 0
    gap: float = 0
    """Between labels that lie side by side."""

    @property
    def is_roll(self) -> bool:
        return self.across * self.down == 1

    @property
    def is_tiny(self) -> bool:
        """For packs that take only a short code: no words beside it."""
        return self.height < 16

    @property
    def per_page(self) -> int:
        return self.across * self.down

    @property
    def code_side(self) -> float:
        """Of the square that code and quiet zone fill, at the left."""
        return min(self.height - (0.4 if self.is_tiny else 1.5), self.width * 0.46)

    @property
    def text(self) -> tuple[float, float]:
        """Width and height that are left for words, beside the code."""
        return self.width - self.code_side - 2, self.height - 2


def _sheet(
    code: str, page: tuple[float, float], grid: tuple[int, int], label: tuple[float, float], **more: float
) -> Size:
    return Size(code, label[0], label[1], page, grid[0], grid[1], **more)


def _roll(width: int, height: int) -> Size:
    return Size(f"{width}x{height}", width, height, (width, height))


A4, LETTER = (210.0, 297.0), (215.9, 279.4)
SIZES = {
    size.code: size
    for size in (
        _sheet("A4-40", A4, (4, 10), (49, 27), left=7, top=13.5),
        _sheet("A4-21", A4, (3, 7), (63.5, 38.1), left=7.2, top=15.15, gap=2.55),
        _sheet("A4-65", A4, (5, 13), (38.1, 21.2), left=4.75, top=10.7, gap=2.5),
        _sheet("LETTER-30", LETTER, (3, 10), (66.675, 25.4), left=4.76, top=12.7, gap=3.18),
        _sheet("LETTER-20", LETTER, (2, 10), (101.6, 25.4), left=3.97, top=12.7, gap=4.76),
        _sheet("A4-189", A4, (7, 27), (25.4, 10), left=8.48, top=13.5, gap=2.54),
        _roll(22, 10),
        _roll(30, 20),
        _roll(40, 20),
        _roll(50, 30),
        _roll(60, 40),
        _roll(100, 50),
    )
}
