"""The declaration form as data: sections, their fields, and where their words and code tables come from."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from guomen.catalogue import codes
from guomen.clearance.form.asks import asks
from guomen.kit.errors import Problem
from guomen.kit.words import W

MOST_ROWS = 100
AMENDS = "_amends"
"""Where a draft keeps which lodged declaration it amends."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``table``: a code table; ``kind``: text, number, date, moment, codes, several, gtin, list, typed.

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
    export: W | None = None
    """What the question is called in an export declaration, where it is called otherwise."""

    def called(self, direction: str) -> W:
        """The label for a direction (I, E)."""
        return self.export if direction == "E" and self.export else self.label


@dataclass(frozen=True, slots=True)
class Section:
    """One step of the task list."""

    key: str
    title: W
    fields: tuple[Field, ...]
    rows: tuple[Field, ...] = ()
    """Questions that are asked again for each row of ``rows_of``, with one empty row at the end."""
    rows_of: str = ""
    row_title: W | None = None


PARTIES = Section(
    "parties",
    W("Who trades", "贸易各方"),
    (
        Field("trade_mode", W("Trade mode", "监管方式"), table="trade_mode"),
        Field(
            "importer_code",
            W("Importer's registration code", "收货人统一社会信用代码"),
            hint=W("18 characters, as on the business licence.", "18 位，与营业执照一致。"),
            export=W("Exporter's registration code", "发货人统一社会信用代码"),
        ),
        Field(
            "consignor_name",
            W("Consignor abroad", "境外发货人"),
            export=W("Consignee abroad", "境外收货人"),
        ),
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
        Field(
            "departure_port",
            W("Port of departure", "启运港"),
            table="port",
            export=W("Port of exit", "出境口岸"),
        ),
        Field("departed_on", W("Date of departure", "启运日期"), "date"),
        Field(
            "arrival_port",
            W("Port of arrival", "入境口岸"),
            table="port",
            export=W("Port of destination", "指运港"),
        ),
        Field(
            "arrives_at",
            W("Expected arrival", "预计抵达时间"),
            "moment",
            export=W("When the goods reach the port of exit", "货物运抵出境口岸时间"),
        ),
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
    ),
    rows=(
        Field(
            "number",
            W("Container number", "集装箱号"),
            hint=W(
                "Four letters and seven digits, as on the door. Needed for sea freight.",
                "四位字母加七位数字，与箱门一致。海运必填。",
            ),
            required=False,
        ),
        Field("seal", W("Seal number", "封志号"), required=False),
    ),
    rows_of="containers",
    row_title=W("Container {number}", "集装箱 {number}"),
)
ORDERS = Section(
    "orders",
    W("Orders and parcels", "订单与包裹"),
    (),
    rows=(
        Field("number", W("Order number", "订单号"), required=False),
        Field("parcel", W("Parcel number", "运单号"), required=False),
        Field(
            "buyer",
            W("Buyer's identity number", "订购人身份证件号"),
            hint=W(
                "Kept only as a keyed digest, to count the yearly limit.", "仅以加密摘要保存，用于核算年度交易限值。"
            ),
            required=False,
        ),
        Field("units", W("Number of articles", "商品件数"), "number", required=False),
        Field("value_cny", W("Value in yuan", "金额（人民币元）"), "number", required=False),
        Field(
            "line_numbers",
            W("Goods lines", "货物序号"),
            "several",
            hint=W("Such as 1; 3. Empty: of any of them.", "例如 1; 3。不填表示任意货物。"),
            required=False,
        ),
    ),
    rows_of="orders",
    row_title=W("Order {number}", "订单 {number}"),
)
ASKED: dict[str, Field] = {
    f.name: f
    for f in (
        Field("destination_country", W("Country of destination", "运抵国"), table="country"),
        Field(
            "handbook_number",
            W("Number of the handbook or account book", "备案号（手册或账册）"),
            hint=W("One letter and eleven letters or digits.", "一位字母加十一位字母或数字。"),
        ),
        Field("platform_code", W("Code of the e-commerce platform", "电商平台企业代码")),
        Field("overseas_warehouse", W("Overseas warehouse", "海外仓名称")),
        Field("return_by", W("Goods go back by", "复运进出境期限"), "date"),
        Field("exhibition", W("Exhibition", "展览会名称")),
        Field(
            "correlation_number",
            W("Former declaration", "关联报关单号"),
            hint=W(
                "18 digits: the declaration with which the goods went the other way.", "18 位：原进口或出口报关单号。"
            ),
        ),
        Field("correlation_reason", W("Why they come back", "关联理由")),
    )
}
"""Questions that only some kinds of trade ask."""
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
        Field(
            "maker_registration",
            W("Maker's registration number", "生产企业注册号"),
            required=False,
            hint=W("Needed for food and for fireworks.", "食品和烟花爆竹必填。"),
        ),
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
        Field("ingredients", W("Ingredients or material", "成分或原料"), required=False),
        Field(
            "un_number",
            W("UN number", "联合国编号"),
            required=False,
            hint=W("Four digits, as on the packages.", "四位数字，与包装一致。"),
            group=W("Dangerous goods", "危险货物"),
        ),
        Field("dangerous_name", W("Proper shipping name", "危险货物名称"), required=False),
        Field("packing_group", W("Packing group (1, 2 or 3)", "危包类别（1、2、3）"), required=False),
        Field(
            "packing_specification",
            W("UN mark of the packaging", "包装 UN 标记"),
            required=False,
            hint=W("As on the packages, such as 4G/Y20/S/26/CN/C231234.", "与包装一致，例如 4G/Y20/S/26/CN/C231234。"),
        ),
        Field(
            "vins",
            W("Vehicle identification numbers", "车辆识别代号"),
            "list",
            required=False,
            hint=W("One for each vehicle, with blanks or lines between.", "一车一号，以空格或换行分隔。"),
            group=W("Vehicles", "车辆"),
        ),
    ),
)
HEADER_SECTIONS = (PARTIES, TRANSPORT, PACKING)


def sections(data: dict[str, Any]) -> list[Section]:
    """The sections of a draft: with what its direction and kind of trade ask, and a row more than there are."""
    direction, mode = data.get("direction", "I"), data.get("trade_mode", "")
    asked = asks(mode).fields if mode in codes.table("trade_mode") else ()
    names = ["destination_country"] * (direction == "E") + [name for name in asked if name in ASKED]
    more = [Section("asked", W("What this kind of trade asks", "该贸易方式要求"), tuple(ASKED[n] for n in names))]
    found = [*HEADER_SECTIONS, *(more if names else ())]
    if "orders" in asked or data.get("orders"):
        found.append(ORDERS)
    return [_with_rows(one, data, direction) for one in found]


def _with_rows(section: Section, data: dict[str, Any], direction: str) -> Section:
    fields = [replace(f, label=f.called(direction)) for f in section.fields]
    given = data.get(section.rows_of) or []
    for n in range(min(len(given) + 1, MOST_ROWS) if section.rows else 0):
        assert section.row_title is not None
        title = W(*(text.format(number=n + 1) for text in (section.row_title.en, section.row_title.zh)))
        for i, f in enumerate(section.rows):
            fields.append(replace(f, name=f"{section.rows_of}.{n}.{f.name}", group=title if i == 0 else None))
    return replace(section, fields=tuple(fields))


def prune(data: dict[str, Any], section: Section) -> None:
    """Take out rows that were left empty."""
    if section.rows_of:
        rows = data.get(section.rows_of) or []
        data[section.rows_of] = [row for row in rows if isinstance(row, dict) and any(row.values())]


def payload(data: dict[str, Any]) -> dict[str, Any]:
    """What a draft declares: without the notes that it keeps for itself."""
    return {name: value for name, value in data.items() if name != AMENDS}


def belongs_to_none(problem: Problem, shown: list[Section]) -> bool:
    """Whether a problem is about nothing that the form asks: it is said on the list itself."""
    return not problem.field.startswith(("lines", "documents")) and not any(belongs(problem, s) for s in shown)


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
