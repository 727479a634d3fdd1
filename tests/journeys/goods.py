"""Where the browser's part of a story begins: products registered, the story's declaration lodged."""

from tests.clearance.conftest import example
from tests.faces import story

NAMES = {
    "08012345000012": ("Men's cotton shirt, white", "男式白色棉衬衫", "6205200090", "Camiceria Esempio S.r.l.", "IT"),
    "09420100000129": (
        "Infant formula, stage 1, 800 g",
        "婴儿配方奶粉 1 段 800 克",
        "1901101010",
        "Example Dairy Ltd",
        "NZ",
    ),
}


def registered(people) -> None:
    """Cy's products stand in the catalogue, as they do before anything is declared."""
    from guomen.catalogue.services import register_product

    for gtin, (en, zh, hs, maker, country) in NAMES.items():
        names = {"name_en": en, "name_zh": zh, "hs_code": hs, "maker_name": maker, "maker_country": country}
        register_product(people.cy.actor, gtin=gtin, brand="Example", **names)


def lodged(people):
    """The three lines of the story on their way to Ana."""
    from guomen.clearance import services

    people.di  # noqa: B018 - a laboratory has to be there before samples can go to it
    registered(people)
    return services.lodge(people.cy.actor, example())


def released(people) -> story.Goods:
    """Infant formula with 20 tags: inspected by Ana, analysed by Di, released."""
    registered(people)
    goods = story.lodged(people, 2)
    story.inspect(people, goods)
    story.analyse(people, goods)
    assert goods.line.state == "released"
    return goods
