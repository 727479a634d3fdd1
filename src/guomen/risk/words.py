"""Words of this capability: entry kinds, factors of the score, reasons of measures."""

from guomen.kit.words import W

KINDS = {
    "draw.committed": W("Seed of the random draw committed", "随机抽取种子已承诺"),
    "draw.disclosed": W("Seed of a past day's draw disclosed", "往日随机抽取种子已公开"),
    "model.trained": W("Model trained that ranks lots", "已训练风险排序模型"),
    "model.proposed": W("Model proposed for use", "已提请启用模型"),
    "model.activated": W("Model put into use", "模型已启用"),
    "model.stopped": W("Model taken out of use: records alone rank", "模型已停用，仅按历史记录排序"),
    "records.shaken": W(
        "Records count less: chosen lots fail less often than said", "历史记录已降权：所选批次不合格率低于预期"
    ),
    "outcome.corrected": W("A later look found otherwise: records corrected", "后续查验结果不同，已更正记录"),
    "rate.raised": W("Every lot is opened until lots pass in a row", "逐批查验，直至连续合格"),
    "measure.imposed": W("Measure imposed", "已采取措施"),
    "measure.lifted": W("Measure lifted", "措施已解除"),
}
EFFECTS = {
    "hold": W("Hold every consignment", "全部暂扣"),
    "full": W("Inspect every consignment", "全部查验"),
    "lab": W("Inspect and test every consignment", "全部查验并送检"),
}
REASONS = {
    "RECALL": W("This product is under recall: {source}.", "该产品正在召回：{source}。"),
    "ACTIVE-ALERT": W("An alert is in force for these goods: {source}.", "该货物处于风险预警期：{source}。"),
    "WATCH-LIST": W("Maker, importer or origin is on a watch list: {source}.", "企业或产地列入布控名单：{source}。"),
    "BASE-RISK": W("Inherent risk of the product: {points} points.", "产品固有风险：{points} 分。"),
    "COUNTRY-RISK": W("Rejections of this product from {origin}.", "{origin} 同类产品有不合格记录。"),
    "CREDIT-CLASS": W("Credit class of the importer: {credit}.", "进口企业信用等级：{credit}。"),
    "HISTORY-GOODS": W(
        "Product: {failed} of {inspected} recent lots failed (older ones count less).",
        "该类产品：近期查验的 {inspected} 批中有 {failed} 批不合格（越早权重越低）。",
    ),
    "HISTORY-PRODUCT": W(
        "Product of this origin: {failed} of {inspected} recent lots failed.",
        "该产地同类产品：近期查验的 {inspected} 批中有 {failed} 批不合格。",
    ),
    "HISTORY-ORIGIN": W(
        "Origin: {failed} of {inspected} recent lots of any goods failed.",
        "该产地全部货物：近期查验的 {inspected} 批中有 {failed} 批不合格。",
    ),
    "HISTORY-MAKER": W(
        "Maker: {failed} of {inspected} recent lots failed.",
        "该生产企业：近期查验的 {inspected} 批中有 {failed} 批不合格。",
    ),
    "HISTORY-IMPORTER": W(
        "Importer: {failed} of {inspected} recent lots failed.",
        "该进口企业：近期查验的 {inspected} 批中有 {failed} 批不合格。",
    ),
    "HISTORY-PAIR": W(
        "These goods of this maker by this importer: {failed} of {inspected} recent lots failed.",
        "该进口企业自该生产企业进口的同类货物：近期查验的 {inspected} 批中有 {failed} 批不合格。",
    ),
    "MODEL": W(
        "Model {model}: {likelihood} likely to fail, where records alone say {records}.",
        "模型 {model}：不合格概率 {likelihood}，仅按历史记录为 {records}。",
    ),
    "NOVELTY": W(
        "Unknown: {unknown} of what could be known of such goods is not.", "新颖程度：{unknown} 的情况尚不了解。"
    ),
    "SIGNALS": W("{signals} recent signals about this product.", "该产品近期有 {signals} 条风险信号。"),
    "DOCUMENT-REUSED": W(
        "Certificate {number} was shown with another declaration before.", "证书 {number} 曾随其他申报单提交。"
    ),
    "PRICE-UNUSUAL": W(
        "The price per kilogram lies {deviations} standard deviations from that of its like.",
        "单位重量价格偏离同类货物 {deviations} 个标准差。",
    ),
    "SEALED": W("Under its electronic seal since loading.", "自装运起电子封志完好。"),
    "FIRST-IMPORT": W("First import of this maker's goods by this importer.", "该进口商首次进口该生产企业的货物。"),
    "SEAL-EXCEPTION": W(
        "The electronic seal of container {container} raised an alarm.", "集装箱 {container} 的电子封志报警。"
    ),
    "RATE-STEPPED-UP": W(
        "Drawn more often: {failed} of {inspected} inspected lots of this product from {origin} failed, "
        "which is more than elsewhere.",
        "提高抽取比例：{origin} 产该产品被查验的 {inspected} 批中有 {failed} 批不合格，高于其他产地。",
    ),
    "RATE-OF-CLASS": W(
        "Drawn less often: credit class {credit} of the importer.", "降低抽取比例：进口企业信用等级为 {credit}。"
    ),
    "RATE-REPORTED": W(
        "Drawn more often: {signals} recent signals about this product.",
        "提高抽取比例：该产品近期有 {signals} 条风险信号。",
    ),
    "RATE-BY-RISK": W(
        "Drawn at {times} times the usual rate: {likelihood} likely to fail ({base} of all lots), {unknown} unknown.",
        "按通常比例的 {times} 倍抽取：不合格概率 {likelihood}（全部货物为 {base}），未知程度 {unknown}。",
    ),
    "RATE-TO-EARN": W(
        "Every lot is opened since one failed, until lots have passed in a row: {lots} more.",
        "曾有不合格，逐批查验，直至再连续合格 {lots} 批。",
    ),
    "LATE-DECLARATION": W("Declared after arrival.", "货到后申报。"),
    "WOOD-PACKAGING": W("Packed in wood.", "使用木质包装。"),
    "USED-GOODS": W("Declared as used goods.", "申报为旧品。"),
}
AGAINST = {
    "NOT-JUDGED": W(
        "No lot failed among the newest: nothing says how well it ranks.", "最新批次中无不合格，无法评价其排序效果。"
    ),
    "NO-BETTER": W(
        "It ranks no better than records alone (AUC {model} against {records}).",
        "其排序不优于仅按历史记录（AUC {model} 对 {records}）。",
    ),
    "DRIFTED": W(
        "The world has changed since most of what it learned from ({drift}).",
        "与其多数学习数据相比，情况已变化（{drift}）。",
    ),
    "NOT-CALIBRATED": W(
        "Its numbers are not true: in {parts} of {of} parts failures differ from what it expects.",
        "其概率不准：{of} 组中有 {parts} 组的不合格率与预期不符。",
    ),
    "UNFAIR": W(
        "Good lots of this group are opened for nothing {times} times as often as others: {name}.",
        "该组合格批次被无谓查验的频率为其他组的 {times} 倍：{name}。",
    ),
}
"""What speaks against a model."""
