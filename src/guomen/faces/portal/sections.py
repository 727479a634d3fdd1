"""The declaration form as data: sections, their fields, and where their words and code tables come from."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from guomen.kit.errors import Problem
from guomen.kit.words import W


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``table`` names a code table; ``kind`` is text, number, date, moment, codes, gtin or typed.

    A typed code is written by hand with suggestions from its table: lists too long to scroll on a phone.
    """

    name: str
    label: W
    kind: str = "text"
    table: str = ""
    hint: W | None = None
    required: bool = True
    group: W | None = None
    """The heading of the questions that begin here, where a section is long."""


@dataclass(frozen=True, slots=True)
class Section:
    """One step of the task list."""

    key: str
    title: W
    fields: tuple[Field, ...]


PARTIES = Section(
    "parties",
    W("Who trades", "贸易各方"),
    (
        Field("trade_mode", W("Trade mode", "监管方式"), table="trade_mode"),
        Field(
            "importer_code",
            W("Importer's registration code", "收货人统一社会信用代码"),
            hint=W("18 characters, as on the business licence.", "18 位，与营业执照一致。"),
        ),
        Field("consignor_name", W("Consignor abroad", "境外发货人")),
        Field("contract_number", W("Contract number", "合同号"), required=False),
    ),
)
TRANSPORT = Section(
    "transport",
    W("How the goods travel", "运输信息"),
    (
        Field("transport_mode", W("Transport mode", "运输方式"), table="transport_mode"),
        Field("vessel", W("Vessel or vehicle", "运输工具名称")),
        Field("voyage", W("Voyage or flight", "航次"), required=False),
        Field("bill_number", W("Bill of lading", "提单号")),
        Field("departure_country", W("Country of departure", "启运国"), table="country"),
        Field("departure_port", W("Port of departure", "启运港"), table="port"),
        Field("departed_on", W("Date of departure", "启运日期"), "date"),
        Field("arrival_port", W("Port of arrival", "入境口岸"), table="port"),
        Field("arrives_at", W("Expected arrival", "预计抵达时间"), "moment"),
        Field("goods_place", W("Where the goods can be examined", "货物存放地点")),
    ),
)
PACKING = Section(
    "packing",
    W("Packing and containers", "包装与集装箱"),
    (
        Field("packages", W("Number of packages", "件数"), "number"),
        Field("packaging", W("Kind of packaging", "包装种类"), table="packaging"),
        Field("gross_weight_kg", W("Gross weight in kg", "毛重（千克）"), "number"),
        Field("net_weight_kg", W("Net weight in kg", "净重（千克）"), "number"),
        Field("marks", W("Marks", "唛头"), required=False),
        Field(
            "containers.0.number",
            W("Container number", "集装箱号"),
            hint=W(
                "Four letters and seven digits, as on the door. Needed for sea freight.",
                "四位字母加七位数字，与箱门一致。海运必填。",
            ),
            required=False,
        ),
        Field("containers.0.seal", W("Seal number", "封志号"), required=False),
    ),
)
GOODS = Section(
    "goods",
    W("Goods", "货物"),
    (
        Field(
            "gtin",
            W("Article number (GTIN)", "商品条码（GTIN）"),
            required=False,
            hint=W(
                "The number under the bar code. Item tags need it, and the batch.",
                "条码下方的数字。订购单品标签须填写条码和生产批号。",
            ),
            kind="gtin",
            group=W("What it is", "商品"),
        ),
        Field(
            "name",
            W("Name of the goods", "商品名称"),
            hint=W(
                "Be specific: “men's cotton shirts”, not “clothes”.", "请具体填写，如“男式棉制衬衫”，不要只写“服装”。"
            ),
        ),
        Field(
            "hs_code",
            W("HS code", "商品编码"),
            "typed",
            table="hs",
            hint=W("Ten digits. Type the first ones, or a word.", "十位数字。可输入前几位或名称查找。"),
        ),
        Field("ciq_code", W("CIQ extension", "检验检疫编码"), required=False, hint=W("Three digits.", "三位数字。")),
        Field("origin", W("Country of origin", "原产国"), table="country", group=W("Where it comes from", "来源")),
        Field("origin_region", W("Region of origin", "原产地区"), required=False),
        Field("maker_name", W("Maker", "境外生产企业")),
        Field("maker_registration", W("Maker's registration number", "生产企业注册号"), required=False),
        Field("brand", W("Brand", "品牌"), required=False),
        Field("model", W("Model or specification", "规格型号"), required=False),
        Field("batch", W("Batch", "生产批号"), required=False),
        Field("quantity", W("Quantity", "数量"), "number", group=W("How much", "数量与价值")),
        Field("unit", W("Unit", "计量单位"), table="unit"),
        Field("net_weight_kg", W("Net weight in kg", "净重（千克）"), "number"),
        Field("value", W("Total value", "总价"), "number"),
        Field("currency", W("Currency", "币制"), table="currency"),
        Field(
            "attributes",
            W("Attributes of the goods", "货物属性"),
            "codes",
            table="goods_attribute",
            required=False,
            group=W("What matters to inspection", "检验检疫信息"),
        ),
        Field("purpose", W("Purpose", "用途"), table="purpose"),
        Field("produced_on", W("Date of production", "生产日期"), "date", required=False),
        Field("expires_on", W("Use by", "保质期至"), "date", required=False),
    ),
)
HEADER_SECTIONS = (PARTIES, TRANSPORT, PACKING)


def read(data: dict[str, Any], name: str) -> Any:
    """The value at a dotted path such as ``containers.0.seal``; an empty string where there is none."""
    value: Any = data
    for part in name.split("."):
        try:
            value = value[int(part)] if part.isdigit() else value[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return value


def write(data: dict[str, Any], name: str, value: Any) -> None:
    """Set the value at a dotted path, making lists and objects on the way."""
    here: Any = data
    parts = name.split(".")
    for part, following in pairwise(parts):
        if part.isdigit():
            while len(here) <= int(part):
                here.append({})
            here = here[int(part)]
        else:
            here = here.setdefault(part, [] if following.isdigit() else {})
    here[parts[-1]] = value


def belongs(problem: Problem, section: Section, prefix: str = "") -> bool:
    """Whether a problem of the whole declaration is about this section."""
    names = {prefix + f.name for f in section.fields}
    roots = {n.split(".")[0] for n in names} if not prefix else set()
    return problem.field in names or (problem.field in roots) or bool(prefix and problem.field.startswith(prefix))
