"""Words of this capability: entry kinds, reason codes of verdicts, the five verdicts."""

from guomen.kit.words import W

KINDS = {
    "tags.ordered": W("Item tags ordered", "商品标签已订购"),
    "tags.approved": W("Tag order approved", "标签订单已批准"),
    "tags.refused": W("Tag order refused", "标签订单未获批准"),
    "tags.cancelled": W("Tag order cancelled", "标签订单已取消"),
    "labels.ordered": W("Label files ordered", "已申请制作标签文件"),
    "labels.cancelled": W("Label files cancelled", "已取消制作标签文件"),
    "tags.printed": W("Label files made", "标签文件已制作"),
    "tags.commissioned": W("Labels reported as printed or applied", "已上报标签印制或贴标"),
    "tags.changed": W("State of tagged items changed", "带标商品状态已变更"),
    "tags.activated": W("Item tags became valid", "商品标签已生效"),
    "tags.deactivated": W("Item tags withdrawn", "商品标签已停用"),
    "tags.recalled": W("Tagged items recalled", "带标商品已召回"),
    "tags.bundled": W("File for checks without a network issued", "离线查验资料包已签发"),
    "tag-keys.rotated": W("New tag keys taken into use", "已启用新标签密钥"),
    "tag-keys.retirement-asked": W("Asked to retire tag keys", "已申请作废标签密钥"),
    "tag-keys.retirement-dropped": W("Retiring tag keys is no longer asked for", "已撤回作废标签密钥的申请"),
    "tag-keys.retired": W("Tag keys retired: their codes prove nothing", "标签密钥已作废，其编码不再有效"),
    "chips.registered": W("Chips registered for items", "已登记商品芯片"),
    "chips.provisioned": W("File for writing chips handed out", "已提供芯片写码文件"),
    "chip-keys.exported": W("Keys of chips wrapped to an encoding house", "已向写码单位加密提供芯片密钥"),
    "encoding-house.approved": W("Encoding house approved", "已批准写码单位"),
    "encoding-house.withdrawn": W("Encoding house withdrawn", "已撤销写码单位"),
    "encoding.assigned": W("Encoding house named for tags", "已为标签指定写码单位"),
    "code.signed": W("Code for a carton or document signed", "箱码或文件码已签名"),
    "code.revoked": W("Signed code revoked", "签名码已吊销"),
    "dealer.named": W("Retailer may check a firm's goods without a network", "已允许零售商离线查验企业商品"),
    "dealer.dropped": W("Retailer gets no more files for checks without a network", "已停止向零售商提供离线查验资料"),
    "item.sold": W("Item sold", "商品已售出"),
    "copy.suspected": W("Item code may be copied", "商品编码疑似被复制"),
    "copy.cleared": W("Alarm about an item code undone", "商品编码警示已撤销"),
    "item.claimed": W("Item claimed by its buyer", "购买者已认领商品"),
    "item.claim-refused": W("A second claim of an item was refused", "商品重复认领被拒绝"),
    "item.claim-ended": W("The buyer gave up an item's claim", "购买者已解除认领"),
    "parcel.packed": W("Cross-border parcel packed", "跨境电商包裹已打包"),
    "parcel.erased": W("Numbers of a parcel erased", "包裹单号已删除"),
    "bonded.moved": W("Goods moved into or out of a bonded display", "保税展示货物已出入"),
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
    "TAG-KEYS-RETIRED": W(
        "Tags of this kind can be forged, so this code no longer proves anything.",
        "此类标签可能被伪造，该编码已不能证明真伪。",
    ),
    "TAG-OTHER-GOODS": W(
        "The tags were ordered for goods that do not match the declaration.", "标签登记的商品与申报货物不一致。"
    ),
    "TAG-MANY-DEVICES": W("Very many different phones checked this code.", "查验该编码的手机数量异常偏多。"),
    "TAG-MANY-PLACES": W("This code was checked in many cities.", "该编码在多个城市被查验。"),
    "TAG-FAR-APART": W(
        "This code was checked in places too far apart for the time between.",
        "该编码在短时间内于相距很远的地点被查验。",
    ),
    "TAG-BEFORE-RELEASE": W(
        "This code was checked by several phones before the goods were released.",
        "该批货物放行之前，该编码已被多部手机查验。",
    ),
    "TAG-SCANNED-AFTER-SALE": W(
        "After its sale this code was checked by several phones far from the shop.",
        "该编码售出后，在远离销售地的地方被多部手机查验。",
    ),
    "TAG-AFTER-END": W(
        "This code was checked although its item should no longer be in anybody's hands.",
        "该商品已不应在任何人手中，其编码仍被查验。",
    ),
    "TAG-OUTSIDE-MARKET": W(
        "This code was checked by several phones outside the countries that the goods were made for.",
        "该编码在商品销售国家或地区之外被多部手机查验。",
    ),
    "TAG-CLAIMED-AGAIN": W(
        "Somebody else came with the secret code of this pack after it was claimed. One of the two may be a copy.",
        "该商品被认领后，又有他人使用了包装内的认领码。两件商品之一可能是复制品。",
    ),
    "TAG-SWEPT": W("One phone checked very many items of one order.", "同一部手机查验了同一订单的大量商品。"),
    "TAG-GUESSED": W("One phone sent very many codes that do not exist.", "同一部手机查验了大量不存在的编码。"),
}
DEVICE_REASONS = {
    "TAG-OTHER-HOST": W(
        "The address on this tag is not the authority's. Do not open it.", "该标签上的网址不属于主管部门，请勿打开。"
    ),
}
"""What only a device without a network says: here, a foreign address leads to a foreign page and not to us."""
ALARMS = {
    "TAG-MANY-DEVICES": W(
        "{today} different phones checked this code on one day, {phones} in all. More than {most} on a day or "
        "{most_in_all} in all are unusual for one item.",
        "一天内有{today}部不同手机查验该编码，累计{phones}部。单件商品一天超过{most}部或累计超过{most_in_all}部即属异常。",
    ),
    "TAG-MANY-PLACES": W(
        "This code was checked in {cities} cities. More than {most} are unusual for one item.",
        "该编码在{cities}个城市被查验。单件商品超过{most}个城市即属异常。",
    ),
    "TAG-FAR-APART": W(
        "{times} times this code was checked by a new phone so far away that the item would have travelled faster than "
        "{speed_kmh} km/h.",
        "该编码有{times}次被另一部相距很远的手机查验，若为同一商品，其移动速度将超过每小时{speed_kmh}公里。",
    ),
    "TAG-BEFORE-RELEASE": W(
        "{phones} phones of the public checked this code before its goods were released.",
        "货物放行之前，有{phones}部公众手机查验了该编码。",
    ),
    "TAG-SCANNED-AFTER-SALE": W(
        "After the sale {phones} phones in {cities} cities more than {km} km from the shop checked this code.",
        "售出之后，有{phones}部手机在距销售地{km}公里以外的{cities}个城市查验了该编码。",
    ),
    "TAG-AFTER-END": W(
        "This code was checked after its item was recorded as: {state}. Phones so far: {phones}.",
        "该商品登记为“{state}”之后，有{phones}部手机查验了该编码。",
    ),
    "TAG-OUTSIDE-MARKET": W(
        "{phones} phones in {cities} cities outside {markets} checked this code.",
        "有{phones}部手机在{markets}以外的{cities}个城市查验了该编码。",
    ),
    "TAG-COUNTER-REPLAYED": W(
        "{phones} phones sent a code of this chip that had been used before.",
        "有{phones}部手机发送了该芯片已用过的动态码。",
    ),
    "TAG-COUNTER-SKIPPED": W(
        "Between two taps this chip had been read more than {gap} times. How often that was seen: {times}.",
        "该芯片在两次查验之间被读取超过{gap}次，已出现{times}次。",
    ),
    "TAG-CLAIMED-AGAIN": W(
        "After this item was claimed, others came with the code from inside its pack: {times} so far.",
        "该商品被认领后，又有他人{times}次使用其包装内的认领码。",
    ),
    "TAG-SWEPT": W(
        "One phone checked {count} different items of this order on one day ({day}).",
        "同一部手机在一天内（{day}）查验了该订单的{count}件不同商品。",
    ),
    "TAG-GUESSED": W(
        "One phone sent {count} codes that do not exist on one day ({day}).",
        "同一部手机在一天内（{day}）发送了{count}个不存在的编码。",
    ),
}
"""What an alarm says, with its numbers."""
ENDS = {
    "destroyed": W("destroyed", "已销毁"),
    "stolen": W("stolen", "被盗"),
    "spoiled": W("struck before use", "未使用即作废"),
    "returned": W("sent back", "已退回"),
    "exported": W("exported", "已出境"),
}
CAUSES = {
    "data": W("The records were wrong", "记录有误"),
    "display": W("One item that many people look at: a shelf, a fair, a demonstration", "展示品：货架、展会或演示"),
    "published": W("A picture of the code was published", "编码图片被公开传播"),
    "test": W("A test", "测试"),
    "other": W("Something else", "其他"),
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
ORDER_REASONS = {
    "TAG-ORDER-ABOVE-DECLARED": W("More tags are ordered than items were declared.", "订购的标签多于申报的商品数量。"),
    "TAG-ORDER-WATCHED": W("A measure is in force for this product.", "该商品正处于布控措施之下。"),
    "TAG-ORDER-COPYABLE": W(
        "A printed code can be copied; for watched products a chip proves more.",
        "印刷码可被复制；受布控的商品使用芯片更可靠。",
    ),
    "TAG-ORDER-CREDIT": W("The firm's credit class asks for a second look.", "企业信用等级较低，需要复核。"),
}
CHANGE_REASONS = {
    "TAG-RECALLED": REASONS["TAG-RECALLED"],
    "TAG-NOT-RELEASED": REASONS["TAG-NOT-RELEASED"],
    "TAG-NO-SUCH-CHANGE": W("There is no such change.", "没有这种变更。"),
    "TAG-NOT-YOURS-TO-CHANGE": W("This change is not yours to make.", "您无权作此变更。"),
    "TAG-WRONG-STATE": W(
        "From number {number} on, the state “{state}” does not allow this change.",
        "从第 {number} 号起，状态“{state}”不允许此变更。",
    ),
}
ITEM_STATES = {
    "asked": W("waiting for approval", "待批准"),
    "refused": W("refused", "未批准"),
    "cancelled": W("cancelled", "已取消"),
    "ordered": W("ordered", "已订购"),
    "printed": W("printed", "已印制"),
    "applied": W("on the goods", "已贴标"),
    "active": W("on the market", "已生效"),
    "shipped": W("shipped", "已发货"),
    "sold": W("sold", "已售出"),
    "claimed": W("claimed by its buyer", "已被购买者认领"),
    "displayed": W("on bonded display", "保税展示中"),
    "exported": W("exported", "已出口"),
    "returned": W("returned", "已退回"),
    "spoiled": W("spoiled label", "标签作废"),
    "destroyed": W("destroyed", "已销毁"),
    "stolen": W("stolen", "被盗"),
    "recalled": W("recalled", "已召回"),
}
STATES = {
    "verdict.inspected": W("Passed inspection", "检验合格"),
    "verdict.not_selected": W("Released", "已放行"),
    "verdict.in_progress": W("Not released yet", "尚未放行"),
    "verdict.stop": W("Do not use. Recalled.", "请勿使用，该批次已召回"),
    "verdict.doubt": W("We cannot confirm this item", "我们无法确认这件商品"),
}
CHANNELS = {
    "general": W("General trade", "一般贸易"),
    "cross-border": W("Cross-border e-commerce", "跨境电商"),
    "bonded": W("Bonded display", "保税展示"),
}
CARRIERS = {
    "print": W("Printed code", "印刷码"),
    "chip": W("Chip (NFC)", "芯片（NFC）"),
}
BONDED_MOVES = {
    "in": W("Into the hall", "进入展厅"),
    "back": W("Back to the bonded warehouse", "退回保税仓"),
    "cleared": W("Cleared, to the shop", "完税出区"),
    "sample": W("Taken as a sample", "取样"),
    "destroyed": W("Destroyed", "销毁"),
}
FILE_FORMATS = {
    "pdf": W("PDF", "PDF"),
    "svg": W("SVG", "SVG"),
    "zpl": W("Label printer (ZPL)", "标签打印机（ZPL）"),
    "zpl-graphic": W("Label printer, code as picture (ZPL)", "标签打印机，码为图形（ZPL）"),
    "tiny-pdf": W("Short codes for tiny packs (PDF)", "小包装短码（PDF）"),
    "tiny-svg": W("Short codes for tiny packs (SVG)", "小包装短码（SVG）"),
    "csv": W("List of codes (CSV)", "编码清单（CSV）"),
    "short": W("List of short codes for tiny packs (CSV)", "小包装短码清单（CSV）"),
    "inner": W("Secret codes for inside the pack (CSV)", "包装内认领码（保密，CSV）"),
}
CHIP_KINDS = {
    "ntag424": W("NTAG 424 DNA", "NTAG 424 DNA"),
    "ntag424tt": W("NTAG 424 DNA TagTamper", "NTAG 424 DNA TagTamper"),
    "ntag22x": W("NTAG 223/224 DNA (known attack)", "NTAG 223/224 DNA（存在已知攻击）"),
    "ntag22xsd": W("NTAG 223/224 DNA StatusDetect (known attack)", "NTAG 223/224 DNA StatusDetect（存在已知攻击）"),
    "ntag21x": W("NTAG 213/215/216 (proves nothing)", "NTAG 213/215/216（不具防伪能力）"),
}
CHIP_ROWS = {
    "bad-uid": W("The chip's number must have 14 hex digits.", "芯片号应为 14 位十六进制数字。"),
    "unknown-kind": W("This kind of chip is not known.", "芯片类型无法识别。"),
    "bad-serial": W("This serial does not exist.", "该序列号不存在。"),
    "other-range": W("This serial belongs to other tags.", "该序列号不属于本批标签。"),
    "uid-taken": W("This chip is registered for another item.", "该芯片已登记在另一件商品上。"),
    "item-has-chip": W("This item has another chip.", "该商品已登记另一枚芯片。"),
}
