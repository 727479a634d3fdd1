"""Every fact that a certificate can state, once: its name, its words, its type, and where it stands on paper."""

from dataclasses import dataclass
from typing import Any

from guomen.certificates.kinds.values import (
    CONTAINER,
    MASS,
    UN_MARK,
    Amount,
    Choice,
    Code,
    Codes,
    Column,
    Day,
    Rows,
    Shape,
    Text,
    Whole,
    YesNo,
)
from guomen.kit.words import W

SECTIONS = {
    "goods": W("Goods", "货物"),
    "packaging": W("Packaging", "包装"),
    "parties": W("Parties and transport", "当事人与运输"),
    "inspection": W("Inspection", "检验检疫"),
    "treatment": W("Treatments", "检疫处理"),
    "findings": W("Findings and what must happen", "不合格情况与处理"),
    "statement": W("Statement", "声明"),
    "recall": W("Recall", "召回"),
    "": W("Not on paper", "不在纸面"),
}
"""Where facts stand on paper and page, in this order; those of "" stand in the credential alone."""


@dataclass(frozen=True, slots=True)
class Field:
    """One fact by name. ``type`` is one of :mod:`.values`; ``hint`` helps who writes it."""

    name: str
    label: W
    type: Any
    section: str = "goods"
    hint: W | None = None


GROUPS = {g: W(f"Packing group {g}", f"包装类别 {g}") for g in ("I", "II", "III")}
STATES_OF_MATTER = {"solid": W("Solid", "固体"), "liquid": W("Liquid", "液体")}
MEASURES_TAKEN = {
    "return": W("Return the goods", "退运"),
    "destroy": W("Destroy the goods", "销毁"),
    "treat": W("Treat the goods (disinfest, disinfect, fumigate)", "除害、消毒或熏蒸处理"),
    "rectify": W("Put it right under supervision, then inspect again", "在监督下技术处理或整改，重新检验"),
    "other-use": W("Use for another purpose under supervision", "在监督下改作他用"),
}
FIT = {
    "food": W("Fit to carry food", "适载食品"),
    "cargo": W("Fit to carry general cargo", "适载普通货物"),
    "treated": W("Fit after treatment", "经处理后适载"),
    "unfit": W("Not fit", "不适载"),
}
TREATMENTS = {
    "CHEM": W("Chemical treatment", "化学处理"),
    "FUM": W("Fumigation", "熏蒸"),
    "HEAT": W("Heat treatment", "热处理"),
    "COLD": W("Cold treatment", "冷处理"),
    "IRR": W("Irradiation", "辐照"),
    "DIS": W("Disinfection", "消毒"),
    "OTH": W("Other treatment", "其他处理"),
}
"""Kinds of treatment, after ISPM 12:2022, annex 1, appendix on treatment types."""
WEIGHED = {
    "scale": W("Weighed on a scale", "衡器计重"),
    "draught": W("Draught survey", "水尺计重"),
    "tank": W("Measured in tanks", "容器计重"),
    "counted": W("Counted", "点数"),
}
TEST = Rows(
    (
        Column("test", W("Test", "项目"), Text(), required=True),
        Column("found", W("Found", "结果"), Text(200)),
        Column("limit", W("Limit", "限量"), Text(200)),
        Column("standard", W("Standard", "标准"), Text(200)),
        Column("within", W("Conforms", "符合"), YesNo()),
        Column("laboratory", W("Laboratory", "实验室"), Text(200)),
        Column("date", W("Date", "日期"), Day()),
    )
)
TREATMENT = Rows(
    (
        Column("type", W("Treatment", "处理方式"), Choice(TREATMENTS), required=True),
        Column("chemical", W("Chemical", "药剂"), Text(100)),
        Column("concentration", W("Concentration", "浓度"), Amount(("A93", "GL", "P1"), strict=True)),
        Column("temperature", W("Temperature", "温度"), Amount(("CEL",), above=-200, strict=True)),
        Column("duration", W("Duration", "持续时间"), Amount(("MIN", "HUR", "DAY"), strict=True)),
        Column("dose", W("Dose", "剂量"), Amount(("A95",), strict=True)),
        Column("date", W("Date", "日期"), Day(), required=True),
        Column("more", W("More", "补充说明"), Text()),
    ),
    most=20,
)
PLANTS = Rows(
    (
        Column("produce", W("Name of produce", "产品名称"), Text(200), required=True),
        Column("botanical", W("Botanical name", "植物学名"), Text(100), required=True),
        Column("net", W("Net quantity", "净重"), Amount(MASS, strict=True), required=True),
        Column("origin", W("Origin", "产地"), Code("country", strict=True), required=True),
        Column("region", W("Region", "产区"), Text(100)),
        Column("packages", W("Packages", "件数"), Whole(0), required=True),
        Column("package_kind", W("Kind of package", "包装种类"), Shape("CT", r"[0-9A-Z]{2}"), required=True),
        Column("hs_code", W("Commodity code", "商品编码"), Shape("0803901000", r"\d{6,10}")),
    ),
    most=50,
)
"""ISPM 12:2022, annex 1: name of produce and quantity declared, botanical name. Kinds of packages: UN/ECE Rec 21."""
FAULTS = Rows(
    (
        Column("item", W("What", "项目"), Text(), required=True),
        Column("found", W("Found", "实际情况"), Text(), required=True),
        Column("required", W("Required", "要求"), Text()),
        Column("standard", W("Basis", "依据"), Text(200)),
    ),
    most=50,
)
_ALL = (
    Field("goods", W("Goods", "货物名称"), Text(300)),
    Field("gtin", W("Product number (GTIN)", "商品条码"), Shape("09506000134352", r"\d{8}|\d{12,14}")),
    Field("batch", W("Batch", "批号"), Text(100)),
    Field("hs_code", W("Commodity code", "商品编码"), Shape("6205200090", r"\d{6,10}")),
    Field("quantity", W("Quantity", "数量"), Amount()),
    Field("net_weight", W("Net weight", "净重"), Amount(MASS, strict=True)),
    Field("gross_weight", W("Gross weight", "毛重"), Amount(MASS, strict=True)),
    Field("packages_described", W("Number and kind of packages", "包装件数及种类"), Text(300)),
    Field("marks", W("Distinguishing marks", "标记及号码"), Text(300)),
    Field("origin", W("Origin", "原产地"), Code("country")),
    Field("origin_region", W("Region of origin", "产区"), Text(200)),
    Field("maker", W("Maker", "生产企业"), Text(200)),
    Field("maker_number", W("Maker's registration number", "生产企业注册号"), Text(40)),
    Field("produced_on", W("Produced on", "生产日期"), Day()),
    Field("best_before", W("Best before", "保质期至"), Day()),
    Field("species", W("Species", "物种"), Text(200)),
    Field("animals", W("Number of animals", "动物数量"), Whole()),
    Field("identification", W("Identification of the animals", "动物标识"), Text(1000)),
    Field("plants", W("Plants and plant products", "植物及植物产品"), PLANTS),
    Field("un_number", W("UN number", "联合国编号"), Shape("UN0336", r"UN\d{4}")),
    Field("hazard_class", W("Class", "危险类别"), Shape("1.4G", r"[1-9](\.[1-6])?[A-HJKLNS]?")),
    Field("packing_group", W("Packing group", "包装类别"), Choice(GROUPS)),
    Field("un_mark", W("UN packaging mark", "联合国包装标记"), UN_MARK, "packaging"),
    Field("packaging_kind", W("Packaging", "包装容器名称及规格"), Text(200), "packaging"),
    Field("packaging_lot", W("Lot of the packaging", "包装批号"), Text(60), "packaging"),
    Field(
        "packaging_maker", W("Maker code of the packaging", "包装生产厂代码"), Shape("C231234", r"C\d{6}"), "packaging"
    ),
    Field("packages", W("Number of packages", "包装数量"), Whole(), "packaging"),
    Field("matter", W("State of the goods to be packed", "拟装货物状态"), Choice(STATES_OF_MATTER), "packaging"),
    Field("density", W("Density", "密度"), Amount(("KGL",), strict=True), "packaging"),
    Field("gross_each", W("Gross mass of one package", "单件毛重"), Amount(("KGM",), strict=True), "packaging"),
    Field("performance", W("Performance result", "性能检验结果单编号"), Text(24), "packaging"),
    Field("exporter", W("Exporter", "出口商名称及地址"), Text(400), "parties"),
    Field("consignee", W("Consignee", "收货人名称及地址"), Text(400), "parties"),
    Field("export_country", W("From", "输出国家"), Code("country", strict=True), "parties"),
    Field("import_country", W("To", "输入国家"), Code("country", strict=True), "parties"),
    Field("entry_point", W("Point of entry", "入境口岸"), Text(100), "parties"),
    Field("transport", W("Transport", "运输方式"), Code("transport_mode", strict=True), "parties"),
    Field("conveyance", W("Means of conveyance", "运输工具"), Text(100), "parties"),
    Field("declaration", W("Declaration", "报检号"), Text(40), "parties"),
    Field("container", W("Container", "集装箱号"), CONTAINER, "parties"),
    Field("seal", W("Seal", "封志号"), Text(60), "parties"),
    Field("place", W("Place of inspection", "检验地点"), Text(200), "inspection"),
    Field("inspected_on", W("Date of inspection", "检验日期"), Day(), "inspection"),
    Field("standard", W("Standard", "检验依据"), Text(300), "inspection"),
    Field("grade", W("Grade", "等级"), Text(100), "inspection"),
    Field("weighed", W("How it was measured", "计重方式"), Choice(WEIGHED), "inspection"),
    Field("quarantined_from", W("In quarantine from", "隔离检疫起"), Day(), "inspection"),
    Field("quarantined_until", W("In quarantine until", "隔离检疫止"), Day(), "inspection"),
    Field("fit", W("Fitness", "适载性"), Choice(FIT), "inspection"),
    Field("sample", W("Sample", "样品编号"), Text(100), "inspection"),
    Field("received_on", W("Sample received on", "收样日期"), Day(), "inspection"),
    Field("tested_on", W("Tested on", "检测日期"), Day(), "inspection"),
    Field("accreditation", W("Accreditation", "资质认定编号"), Text(100), "inspection"),
    Field("tests", W("Checks and tests", "查验与检测"), TEST, "inspection"),
    Field("treatments", W("Treatments", "检疫处理"), TREATMENT, "treatment"),
    Field("faults", W("What does not conform", "不合格项目"), FAULTS, "findings"),
    Field("measure", W("What must happen", "处理要求"), Choice(MEASURES_TAKEN), "findings"),
    Field("until", W("To be done by", "完成期限"), Day(), "findings"),
    Field("law", W("Legal basis", "法律依据"), Text(400), "findings"),
    Field("additional", W("Additional declaration", "附加声明"), Text(2000), "statement"),
    Field("statement", W("What is declared", "声明内容"), Text(2000), "statement"),
    Field("evidence", W("Evidence", "符合性证据"), Text(1000), "statement"),
    Field("recall", W("Recall", "召回编号"), Text(40), "recall"),
    Field("recall_batches", W("Batches", "召回批次"), Text(1000), "recall"),
    Field("sold", W("On the market", "已售数量"), Amount(above=-1, strict=True), "recall"),
    Field("recovered", W("Recovered", "已召回数量"), Amount(above=-1, strict=True), "recall"),
    Field("recall_ended_on", W("Ended on", "召回完成日期"), Day(), "recall"),
    Field("disposal", W("What became of the goods", "召回货物处置"), Text(500), "recall"),
    Field("decision", W("Decision", "结论"), Text(1000), ""),
    Field("rule_pack", W("Rule pack", "规则包"), Text(20), ""),
    Field("reasons", W("Reasons", "理由代码"), Codes(), ""),
)
FIELDS = {f.name: f for f in _ALL}
COMMON = (
    "goods",
    "gtin",
    "batch",
    "hs_code",
    "quantity",
    "origin",
    "maker",
    "declaration",
    "container",
    "seal",
    "place",
)
COMMON += ("inspected_on", "tests", "decision", "rule_pack", "reasons")
"""Facts that every kind may state."""
