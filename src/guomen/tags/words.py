"""Words of this capability: entry kinds, reason codes of verdicts, the five verdicts."""

from guomen.kit.words import W

KINDS = {
    "tags.ordered": W("Item tags ordered", "商品标签已订购"),
    "tags.printed": W("Item tags printed", "商品标签已印制"),
    "tags.activated": W("Item tags became valid", "商品标签已生效"),
    "tags.deactivated": W("Item tags withdrawn", "商品标签已停用"),
    "tags.recalled": W("Tagged items recalled", "带标商品已召回"),
    "item.sold": W("Item sold", "商品已售出"),
}
REASONS = {
    "TAG-INSPECTED": W("The goods were inspected and released.", "该批货物已经检验并放行。"),
    "TAG-NOT-SELECTED": W("The goods were released on their papers.", "该批货物经审单放行。"),
    "TAG-RECALLED": W("A recall is in force for this batch.", "该批次正在召回。"),
    "TAG-UNKNOWN-CODE": W("This code does not exist.", "该编码不存在。"),
    "TAG-OTHER-BATCH": W(
        "The batch in this code is not the batch that the code was made for.", "编码中的批号与该编码登记的批号不一致。"
    ),
    "TAG-WITHDRAWN": W("This code was withdrawn.", "该编码已停用。"),
    "TAG-NOT-RELEASED": W("The goods are not released yet.", "该批货物尚未放行。"),
    "TAG-REFUSED": W("The goods were refused at the border.", "该批货物在口岸被判定不予放行。"),
    "TAG-OTHER-GOODS": W(
        "The tags were ordered for goods that do not match the declaration.", "标签登记的商品与申报货物不一致。"
    ),
    "TAG-MANY-DEVICES": W("Very many different phones checked this code.", "查验该编码的手机数量异常偏多。"),
    "TAG-MANY-PLACES": W("This code was checked in many cities.", "该编码在多个城市被查验。"),
    "TAG-FAR-APART": W(
        "This code was checked in places too far apart for the time between.",
        "该编码在短时间内于相距很远的地点被查验。",
    ),
    "TAG-SCANNED-AFTER-SALE": W(
        "After its sale this code was checked by several phones far from the shop.",
        "该编码售出后，在远离销售地的地方被多部手机查验。",
    ),
}
STATES = {
    "verdict.inspected": W("Passed inspection", "检验合格"),
    "verdict.not_selected": W("Released", "已放行"),
    "verdict.in_progress": W("Not released yet", "尚未放行"),
    "verdict.stop": W("Do not use. Recalled.", "请勿使用，该批次已召回"),
    "verdict.doubt": W("We cannot confirm this item", "我们无法确认这件商品"),
}
