"""The exact words of the verdicts, and who states what."""

from guomen.kit.words import W

TITLES = {
    "inspected": W("Passed inspection", "检验合格"),
    "not_selected": W("Released", "已放行"),
    "in_progress": W("Not released yet", "尚未放行"),
    "stop": W("Do not use. Recalled.", "请勿使用，该批次已召回"),
    "doubt": W("We cannot confirm this item", "我们无法确认这件商品"),
}
REFUSED_TITLE = W("Not released", "未准予放行")
TONES = {"inspected": "ok", "not_selected": "plain", "in_progress": "wait", "stop": "bad", "doubt": "doubt"}

RELEASED_AT = W("Released at {place} on {date}. No recall is in force.", "{date}在{place}放行。目前没有召回。")
RELEASED_ON = W("Released on {date}. No recall is in force.", "{date}放行。目前没有召回。")
ON_PAPERS = W(
    "This shipment was released on its papers. It was not opened or tested.",
    "本批货物经审单放行，未开箱，未检测。",
)
AT_BORDER = W("This product is still at the border. It should not be on sale.", "该商品仍在口岸，不应上市销售。")
REFUSED = W(
    "These goods were refused at the border. They must not be on sale.", "该批货物在口岸被判定不予放行，不得上市销售。"
)
RECALLED = W("Recalled on {date}. Reason: {reason}", "召回日期：{date}。原因：{reason}")
RECALLED_SHORT = W("A recall is in force for this batch.", "该批次正在召回。")
NO_SUCH_CODE = W("This code does not exist.", "该编码不存在。")
OFTEN_IN_CITIES = W(
    "This code was checked {times} times in {cities} cities.", "该编码已在{cities}个城市被查验{times}次。"
)
OFTEN = W(
    "This code was checked {times} times by {devices} different phones.", "该编码已被{devices}部不同手机查验{times}次。"
)
OTHER_BATCH = W(
    "The batch in this code is not the batch that the code was made for.", "编码中的批号与该编码登记的批号不一致。"
)
OTHER_GOODS = W(
    "This code was ordered for goods that do not match the declaration.", "该编码登记的商品与申报货物不一致。"
)

ADVICE_RECALLED = (
    W("Stop using the product now.", "立即停止使用。"),
    W("Keep the pack and note the batch.", "保留包装，记下批号。"),
    W("Take it back to the shop for a refund.", "退回购买处，可全额退款。"),
    W("If anyone feels unwell, see a doctor.", "如有不适，请立即就医。"),
)
ADVICE_UNKNOWN = (
    W("Check that you typed or scanned the whole code of the tag.", "请确认您完整输入或扫描了标签上的编码。"),
    W("Do not use the product until you know more.", "在弄清情况之前，请勿使用该商品。"),
    W("Keep the pack and the receipt.", "保留包装和购物凭证。"),
    W("Ask the shop, and report the product to us.", "向商家询问，并向我们报告该商品。"),
)
ADVICE_DOUBT = ADVICE_UNKNOWN[1:]

ADVICE_WAIT = (
    W("Do not buy or use the product.", "请勿购买或使用该商品。"),
    W("Tell us where you saw it.", "请告诉我们您在哪里见到该商品。"),
)

BY_AUTHORITY = W("signed by {name}", "由{name}签署")
BY_THIRD_PARTY = W("signed by {name}, an independent party", "由第三方{name}签署")
BY_FIRM = W("stated by {name}, not confirmed", "由{name}申报，未经核实")
BY_UNKNOWN = W("stated by a firm, not confirmed", "由企业申报，未经核实")
BY_SYSTEM = W("recorded by the port authority's system", "由口岸主管部门系统记录")

FOREIGN_HOST = W(
    "This address is not ours. Fake checking sites exist: trust only pages on {host}.",
    "该网址不属于我们。市面上存在假冒的查询网站，请只相信 {host} 上的页面。",
)
NOT_SIGNED = W(
    "This signed code is not genuine, or no longer valid.",
    "该签名码不是真的，或已失效。",
)
NOT_A_CODE = W(
    "We do not recognise this. Type the code below the square pattern, or the number below the bars.",
    "无法识别。请输入二维码下方的编码，或条形码下方的数字。",
)
