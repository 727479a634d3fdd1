"""What is said of a wrong value, in both languages."""

from guomen.kit.words import W

SAY = {
    "missing": W("Fill in this field.", "请填写此项。"),
    "missing-unit": W("Choose a unit for the quantity.", "请选择计量单位。"),
    "unknown-code": W("This code is not in the table.", "代码表中没有此代码。"),
    "unknown-field": W("This field does not exist.", "没有此字段。"),
    "not-text": W("Send text here.", "此项应为文本。"),
    "not-a-list": W("Send a list here.", "此项应为列表。"),
    "not-an-object": W("Send an object with named fields here.", "此项应为含字段的对象。"),
    "too-long": W("Use at most {max} characters.", "最多 {max} 个字符。"),
    "not-a-number": W(
        "Enter a number with at most 6 decimals; programs send it as text.",
        "请填写数字，最多 6 位小数；接口请以文本传送。",
    ),
    "not-positive": W("Enter a number above zero.", "请填写大于零的数字。"),
    "not-whole": W("Enter a whole number.", "请填写整数。"),
    "not-a-date": W("Enter a date such as 2026-11-12.", "请填写日期，例如 2026-11-12。"),
    "not-a-moment": W(
        "Enter date and time with zone, such as 2026-11-12T08:00+08:00.",
        "请填写含时区的时间，例如 2026-11-12T08:00+08:00。",
    ),
    "bad-check-digit": W("The check digit does not fit: compare the number again.", "校验码不符：请核对号码。"),
    "bad-batch": W("A batch has up to 20 letters, digits or signs.", "批号最多 20 位字母、数字或符号。"),
    "before-departure": W("The arrival lies before the departure.", "抵达时间早于启运日期。"),
    "too-far-apart": W("Departure and arrival are more than a year apart.", "启运与抵达相隔超过一年。"),
    "before-production": W("The use-by date lies before production.", "保质期早于生产日期。"),
    "net-above-gross": W("The net weight is above the gross weight.", "净重大于毛重。"),
    "lines-above-net": W("The lines weigh more than the whole declaration.", "各项货物净重之和大于总毛重。"),
    "no-lines": W("Declare at least one line of goods.", "请至少申报一项货物。"),
    "too-many": W("At most {max} are allowed.", "最多允许 {max} 项。"),
    "twice": W("This is listed twice.", "重复填写。"),
    "no-container": W("Give the container number.", "请填写集装箱号。"),
    "not-in-this-direction": W(
        "This trade mode is not for this direction (import I, export E).",
        "该监管方式不适用于此进出口方向（进口 I，出口 E）。",
    ),
    "direction-stays": W(
        "An import does not become an export: withdraw it and lodge anew.", "进出口方向不可更改：请撤销后重新申报。"
    ),
    "asked-by-trade-mode": W("The trade mode asks for this.", "该监管方式要求填写此项。"),
    "asked-for-exports": W("An export asks for this.", "出口申报须填写此项。"),
    "not-a-port-here": W("An export leaves through a port of this country.", "出口须经本国口岸离境。"),
    "after-departure": W("The goods reach the port after the departure.", "货物运抵口岸时间晚于启运日期。"),
    "not-a-flag": W("Send true or false.", "请填写 true 或 false。"),
    "not-a-vin": W(
        "{vin} is no VIN: it has 17 letters and digits, without I, O and Q.",
        "{vin} 不是车辆识别代号：应为 17 位字母和数字，不含 I、O、Q。",
    ),
    "vin-twice": W("The VIN {vin} stands here twice.", "车辆识别代号 {vin} 重复填写。"),
    "vins-differ": W(
        "There are {vins} VINs for {quantity} vehicles: list one for each.",
        "车辆识别代号 {vins} 个，车辆 {quantity} 辆：须一车一号。",
    ),
    "not-a-food-maker": W(
        "A foreign maker of food is registered as C, the three letters of its country and 14 digits.",
        "境外食品生产企业在华注册编号为 C、三位国别字母和 14 位数字。",
    ),
    "not-a-fireworks-code": W(
        "A producer of fireworks has a code of two digits, F and three or four digits, such as 43F0001.",
        "烟花爆竹生产企业登记代码为两位数字、F 和三至四位数字，例如 43F0001。",
    ),
    "un-not-fireworks": W(
        "Fireworks go as UN 0333 to 0337, or as UN 0431 or 0432.", "烟花的联合国编号为 0333 至 0337，或 0431、0432。"
    ),
    "un-of-other-goods": W(
        "UN {un} is {goods}: goods of heading {hs} are not.", "UN {un} 为{goods}，与商品编码 {hs} 不符。"
    ),
    "packing-group-differs": W("UN {un} has packing group {groups}.", "UN {un} 的包装类别为 {groups}。"),
    "not-a-packaging-mark": W(
        "A packaging mark reads such as 4G/Y20/S/26/CN/C231234.", "包装 UN 标记格式如 4G/Y20/S/26/CN/C231234。"
    ),
    "mark-too-weak": W(
        "A packaging marked {letter} is for packing groups {groups}: these goods need {group}.",
        "标记 {letter} 的包装适用 {groups} 类，该货物须用 {group} 类包装。",
    ),
    "mark-too-light": W(
        "A package weighs {each} kg gross, and its mark allows {most} kg.",
        "单件毛重 {each} 千克，超过标记允许的 {most} 千克。",
    ),
    "mark-of-the-future": W("The mark names {year} as year of manufacture.", "标记的生产年份为 {year}，晚于启运日期。"),
    "mark-too-old": W(
        "Packagings of plastics are used for {years} years: this one is of {year}.",
        "塑料包装使用期限为 {years} 年，该包装生产于 {year} 年。",
    ),
    "not-a-device-number": W(
        "A device is registered as 国械注进 or 国械注许 with year, class, category, serial, or filed as 国械备.",
        "医疗器械编号为国械注进（许）加年份、管理类别、分类编码、流水号，第一类为国械备加年份和流水号。",
    ),
    "not-a-cosmetics-number": W(
        "Imported cosmetics are registered as 国妆特进字 or filed as 国妆网备进字, with year and serial.",
        "进口化妆品编号为国妆特进字或国妆网备进字，加年份和流水号。",
    ),
    "number-of-other-origin": W(
        "This number is for goods from {place}: the origin of these is {origin}.",
        "该编号适用于{place}产品，与原产地{origin}不符。",
    ),
    "not-a-ccc-number": W(
        "A CCC certificate has 16 digits: year, body, product category and serial.",
        "CCC 证书编号为 16 位数字：年份、机构、产品类别、流水号。",
    ),
    "ccc-of-other-goods": W(
        "This certificate is for product category {category}: not for goods of heading {hs}.",
        "该证书的产品类别为 {category}，与商品编码 {hs} 不符。",
    ),
    "not-a-reference": W(
        "A classification reference names state, authority and serial, such as IND / DGS 01234.",
        "分类参考号包括国家、主管机关和序号，例如 IND / DGS 01234。",
    ),
    "not-a-un-number": W("A UN number has four digits.", "联合国编号为四位数字。"),
    "not-a-declaration": W("A declaration's number has 18 digits.", "报关单号为 18 位数字。"),
    "not-a-registration": W(
        "Enter 18 characters (credit code) or 10 (customs code).", "请填写 18 位统一社会信用代码或 10 位海关编码。"
    ),
    "over-order-limit": W(
        "One order may be worth {max} yuan at the most, unless it is a single article.",
        "单次交易限值为 {max} 元，订单仅一件商品的除外。",
    ),
    "over-year-limit": W(
        "With this order the buyer passes {max} yuan in the year {year}; {left} are left.",
        "该订单使购买人 {year} 年度交易超过限值 {max} 元，尚余 {left} 元。",
    ),
    "no-such-line": W("There is no goods line with this number.", "没有该序号的货物。"),
    "unit-differs": W(
        "The licence counts in {unit}: this unit cannot be turned into it.", "许可证以{unit}计量，无法换算。"
    ),
    "licence-quantity": W("Say how much this line takes from the licence.", "请填写本项货物核销许可证的数量。"),
    "licence-exhausted": W("Only {left} {unit} are left on this licence.", "该许可证仅余 {left} {unit}。"),
    "licence-expired": W("This licence is not valid on the day of lodging.", "该许可证在申报日无效。"),
    "licence-goods": W("This licence is not for these goods.", "该许可证不适用于此商品。"),
    "appraisal-too-long": W(
        "This appraisal outlasts the performance result, which ends on {until}.",
        "使用鉴定有效期晚于性能检验结果单的截止日 {until}。",
    ),
    "licence-of-others": W("This licence belongs to another firm.", "该许可证属于其他企业。"),
    "not-a-hash": W("This is not the SHA-256 of a file.", "这不是文件的 SHA-256 值。"),
    "unknown-document": W("Attach this file first.", "请先上传此文件。"),
    "unknown-importer": W(
        "This is neither a valid 18-character credit code nor a registered firm.",
        "统一社会信用代码无效，且企业未登记。",
    ),
}
