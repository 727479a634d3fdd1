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
    "TAG-DESTROYED": W("This item is recorded as destroyed.", "该商品登记为已销毁。"),
    "TAG-STOLEN": W("This item is recorded as stolen.", "该商品登记为被盗。"),
    "TAG-SPOILED": W(
        "This label was struck before it was used. It belongs to no item.", "该标签未使用即已作废，不属于任何商品。"
    ),
    "TAG-RETURNED": W("This item was sent back and is not for sale.", "该商品已退回，不应销售。"),
    "TAG-EXPORTED": W("This item left the country. It should not be on sale here.", "该商品已出境，不应在此销售。"),
    "TAG-ON-DISPLAY": W(
        "This item is on display under customs control. It may not be sold yet.", "该商品为保税展示商品，尚不得销售。"
    ),
    "TAG-SOLD": W("A shop recorded the sale of this item.", "商家已登记售出该商品。"),
    "TAG-CLAIMED": W("Somebody has registered this item as theirs.", "该商品已有人登记为本人所有。"),
    "TAG-OTHER-MARKET": W("These goods were made for sale in another country.", "该商品供其他国家或地区销售。"),
    "TAG-COUNTER-REPLAYED": W(
        "The tag's code was used before. Tap the tag itself once more.",
        "该标签的动态码已被使用过，请直接再碰一次标签。",
    ),
    "TAG-COUNTER-SKIPPED": W(
        "The tag was read very many times that nobody asked us about.", "该标签曾被大量读取，但未向我们查验。"
    ),
    "TAG-SEAL-OPENED": W("The seal in this tag is broken.", "该标签的封签已断开。"),
    "TAG-SEAL-RECLOSED": W("The seal in this tag was broken and closed again.", "该标签的封签曾断开后又被接合。"),
    "TAG-SEAL-UNKNOWN": W("The tag could not tell whether its seal is whole.", "该标签未能说明封签是否完好。"),
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
PROOFS = {
    "PROOF-CHIP": W(
        "The chip in this tag answered this very tap with a code that only it can make. The tag is genuine.",
        "该标签的芯片对本次触碰给出了只有它才能生成的动态码。标签是真的。",
    ),
    "PROOF-CHIP-AGAIN": W(
        "This page was opened again with the code of an earlier tap. Tap the tag once more to check it now.",
        "本页用的是上一次触碰的动态码。请再碰一次标签，即可重新查验。",
    ),
    "PROOF-CHIP-WEAK": W(
        "The chip answered with a fresh code, but chips of this kind have been copied. Compare the pack as well.",
        "芯片给出了新的动态码，但这类芯片曾被复制。请同时核对包装。",
    ),
    "PROOF-SIGNED": W(
        "The code is signed by its issuer. A signed code can still be copied. Compare the pack as well.",
        "该编码由签发方签名，但签名编码仍可能被复制。请同时核对包装。",
    ),
    "PROOF-PRINTED": W(
        "This code was issued for one item. A printed code can be copied. Compare the pack as well.",
        "该编码为单件商品签发。印刷的编码可能被复制。请同时核对包装。",
    ),
    "PROOF-NUMBER": W(
        "The chip only tells its number. A number can be copied. Compare the pack as well.",
        "该芯片只能报出编号，编号可能被复制。请同时核对包装。",
    ),
    "PROOF-NONE": W("This tag proves nothing.", "该标签不能证明任何事项。"),
}
STATES = {
    "verdict.inspected": W("Passed inspection", "检验合格"),
    "verdict.not_selected": W("Released", "已放行"),
    "verdict.in_progress": W("Not released yet", "尚未放行"),
    "verdict.stop": W("Do not use. Recalled.", "请勿使用，该批次已召回"),
    "verdict.doubt": W("We cannot confirm this item", "我们无法确认这件商品"),
}
