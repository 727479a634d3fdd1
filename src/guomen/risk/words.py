"""Words of this capability: entry kinds, factors of the score, reasons of measures."""

from guomen.kit.words import W

KINDS = {
    "draw.committed": W("Seed of the random draw committed", "随机抽取种子已承诺"),
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
    "HISTORY": W(
        "{failed} of {inspected} inspected lots of this maker, importer or product failed (recent ones count more).",
        "该生产企业、进口企业或产品被查验的 {inspected} 批中有 {failed} 批不合格（近期权重更高）。",
    ),
    "FIRST-IMPORT": W("First import of this maker's goods by this importer.", "该进口商首次进口该生产企业的货物。"),
    "SEAL-EXCEPTION": W(
        "The electronic seal of container {container} raised an alarm.", "集装箱 {container} 的电子封志报警。"
    ),
    "RATE-STEPPED-UP": W(
        "Drawn more often: {failed} of {inspected} inspected lots of this product from {origin} failed, "
        "which is more than elsewhere.",
        "提高抽取比例：{origin} 产该产品被查验的 {inspected} 批中有 {failed} 批不合格，高于其他产地。",
    ),
    "LATE-DECLARATION": W("Declared after arrival.", "货到后申报。"),
    "WOOD-PACKAGING": W("Packed in wood.", "使用木质包装。"),
    "USED-GOODS": W("Declared as used goods.", "申报为旧品。"),
}
