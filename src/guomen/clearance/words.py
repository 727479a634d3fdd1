"""Words of this capability: entry kinds, states, levels, checks, outcomes, reasons."""

from guomen.kit.words import W

KINDS = {
    "declaration.lodged": W("Declaration lodged", "申报已提交"),
    "line.screened": W("Line screened", "货物已风险甄别"),
    "line.released": W("Goods released", "货物已放行"),
    "line.held": W("Goods held", "货物已暂扣"),
    "line.refused": W("Goods refused", "货物不予放行"),
    "line.selected": W("Goods selected for inspection", "货物已布控查验"),
    "line.passed": W("Goods passed at origin", "货物产地检验合格"),
    "line.transferred": W("Record sent to the port", "电子底账已转口岸"),
    "line.withdrawn": W("Line withdrawn", "货物申报已撤销"),
    "line.outcome": W("Outcome for refused goods", "不合格货物处置"),
    "declaration.amended": W("Declaration amended", "申报已修改"),
    "declaration.withdrawn": W("Declaration withdrawn", "申报已撤销"),
    "declaration.split": W("Declaration split", "申报已拆分"),
    "declaration.merged": W("Declarations merged", "申报已合并"),
    "declaration.arrived": W("Arrival reported", "货物运抵已报告"),
    "reinspection.requested": W("Another inspection asked for", "已申请复验"),
    "licence.registered": W("Licence put on record", "许可证已登记"),
    "licence.used": W("Quantity taken from a licence", "许可证已核销"),
    "licence.returned": W("Quantity given back to a licence", "许可证核销已退回"),
    "message.received": W("Message about a declaration received", "已收到申报报文"),
    "receipts.subscribed": W("Receipts are sent to an address", "回执已设推送"),
    "receipts.unsubscribed": W("Receipts are no longer sent to an address", "回执推送已停止"),
    "gate.compared": W("Container compared at the gate", "卡口比对"),
}
STATES = {
    "line.screened": W("Released when the seal is found intact at the gate", "卡口核验封志完好后放行"),
    "line.released": W("Released", "已放行"),
    "line.to_inspect": W("To be inspected", "待查验"),
    "line.sampled": W("Waiting for the laboratory", "待实验室结果"),
    "line.held": W("Held", "已暂扣"),
    "line.refused": W("Refused", "不予放行"),
    "line.passed": W("Passed at origin", "产地检验合格"),
    "line.transferred": W("Sent to the port, to be checked there", "已转口岸，待口岸查验"),
    "line.withdrawn": W("Withdrawn", "已撤销"),
}
NODES = {
    "RECEIVED": W("Declaration received, waiting for the electronic audit", "申报数据已接收，等待电子审单"),
    "AUDITED": W("Electronic audit passed", "电子审单通过"),
    "ACCEPTED": W("Formally accepted", "正式受理"),
    "DRAWN-EXAM": W("Drawn: to be inspected", "抽批抽中：实施查验"),
    "DRAWN-EXAM-LABORATORY": W("Drawn: to be inspected and tested", "抽批抽中：实施查验并送检"),
    "AT-LABORATORY": W("Inspected, waiting for the laboratory", "已查验，等待实验室结果"),
    "HELD": W("Held", "已暂扣"),
    "REFUSED": W("Refused", "不予放行"),
    "PASSED": W("Passed at origin", "产地检验合格"),
    "TRANSFERRED": W("Record sent to the port", "电子底账已转口岸"),
    "RELEASED": W("Assessed and released", "合格评定完成并放行"),
    "OUTCOME": W("It is decided what happens to refused goods", "不合格货物已作处置"),
    "CERT-DRAFTED": W("Certificate drafted", "证稿已拟制"),
    "CERT-READY": W("Certificate ready", "证单已缮制"),
    "AMENDED": W("Amended", "申报已修改"),
    "WITHDRAWN": W("Withdrawn", "申报已撤销"),
    "SPLIT": W("Split into others", "申报已拆分"),
    "MERGED": W("Merged into another", "申报已合并"),
    "ARRIVED": W("Arrival reported", "货物运抵已报告"),
}
"""Nodes that a declarant gets receipts of; the first seven names after e-CIQ's receipts."""
DECLARATION_STATES = {
    "lodged": W("Lodged", "已申报"),
    "withdrawn": W("Withdrawn", "已撤销"),
    "split": W("Split into others", "已拆分"),
    "merged": W("Merged into another", "已合并"),
}
WHY_NOT = {
    "same-state": W("Line {line} is in this state already: {state}.", "第 {line} 项货物已处于此状态：{state}。"),
    "ended": W("Line {line} has come to its end: {state}.", "第 {line} 项货物已办结：{state}。"),
    "other-direction": W(
        "Line {line} cannot go from “{state}” to “{wanted}” in this direction of trade.",
        "按该进出口方向，第 {line} 项货物不能由“{state}”转为“{wanted}”。",
    ),
    "wrong-state": W(
        "Line {line} cannot go from “{state}” to “{wanted}”.", "第 {line} 项货物不能由“{state}”转为“{wanted}”。"
    ),
    "laboratory": W("Line {line} waits for the laboratory.", "第 {line} 项货物正待实验室结果。"),
    "inspected": W("Line {line} has been inspected.", "第 {line} 项货物已查验。"),
    "in-hand": W("An officer is inspecting line {line} now.", "查验员正在查验第 {line} 项货物。"),
    "refused": W("Line {line} was refused.", "第 {line} 项货物不予放行。"),
    "held-by-officer": W(
        "An officer holds line {line}: the control room decides first.",
        "第 {line} 项货物已被查验员暂扣，须先由指挥中心决定。",
    ),
    "released-on-arrival": W("Line {line} was released and has arrived.", "第 {line} 项货物已放行且已运抵。"),
    "passed": W("Line {line} has passed at origin.", "第 {line} 项货物产地检验已合格。"),
    "selected": W(
        "Line {line} was selected for inspection: only the control room can withdraw it now.",
        "第 {line} 项货物已被布控查验，仅指挥中心可撤销。",
    ),
    "not-lodged": W("This declaration stands no longer: {state}.", "该申报已失效：{state}。"),
    "tags-ordered": W(
        "Item tags were ordered for line {line}: cancel them first.", "第 {line} 项货物已订购标签，请先取消。"
    ),
}
"""Why something cannot be done with a declaration or one of its lines."""
LEVELS = {
    "documents": W("Documents only", "审单"),
    "seal": W("Seal checked at the gate", "卡口核验封志"),
    "identity": W("Identity checked", "核对身份"),
    "physical": W("Opened and inspected", "开箱查验"),
    "laboratory": W("Inspected and tested", "查验并送检"),
}
CHECKS = {
    "DOCUMENTS": W("Documents", "单证审核"),
    "RADIATION-PORTAL": W("Radiation portal at the gate", "卡口放射性检测"),
    "RADIATION-SURVEY": W("Radiation survey", "放射性检测"),
    "QUARANTINE": W("Animal and plant quarantine", "动植物检疫"),
    "SANITARY": W("Food hygiene", "食品卫生监督"),
    "CCC": W("CCC mark", "CCC标志验证"),
    "CONTAINER": W("Containers: sanitary supervision", "集装箱卫生检疫"),
    "CONTAINER-FITNESS": W("Containers: fitness before loading", "集装箱适载检验"),
    "WOOD-PACKAGING": W("Wood packaging mark (ISPM 15)", "木质包装标识（ISPM 15）"),
    "IDENTITY": W("Identity of goods that were tested elsewhere", "他处已检货物身份核对"),
    "SEAL": W("Electronic seal", "电子封志"),
    "INSPECTION": W("Goods inspection", "货物检验"),
    "LABORATORY": W("Laboratory tests", "实验室检测"),
}
OUTCOMES = {
    "RECTIFY": W("Rectify and inspect again", "整改后复验"),
    "TREAT": W("Treat and inspect again", "技术处理后复验"),
    "RETURN": W("Return to the country of departure", "退运"),
    "DESTROY": W("Destroy", "销毁"),
    "REFER": W("Refer to another authority", "移交其他部门"),
}
REASONS = {
    "PROHIBITED": W("These goods may not be imported.", "该货物禁止进口。"),
    "PAPER-MISSING": W("A document is missing: {paper}.", "缺少单证：{paper}。"),
    "QUARANTINE-PAPER-MISSING": W("A quarantine document is missing: {paper}.", "缺少检疫单证：{paper}。"),
    "DANGEROUS-PAPER-MISSING": W("A dangerous goods document is missing: {paper}.", "缺少危险货物单证：{paper}。"),
    "UN-NUMBER-NOT-STATED": W("The UN number is missing.", "缺少联合国编号。"),
    "PACKING-GROUP-NOT-STATED": W("The packing group is missing.", "缺少危包类别。"),
    "PACKAGING-MARK-NOT-STATED": W("The UN mark of the packaging is missing.", "缺少包装 UN 标记。"),
    "VIN-NOT-STATED": W("The list of vehicle identification numbers is missing.", "缺少车辆识别代号清单。"),
    "NUMBER-NOT-STATED": W("The number of this document is missing: {paper}.", "未填写单证编号：{paper}。"),
    "VIN-CHECK-CHARACTER": W(
        "VINs whose check character does not fit: {count} ({vins}). Cars for Europe need none: the filing decides.",
        "{count} 个车辆识别代号校验位不符（{vins}）：欧版车可无校验位，以备案为准。",
    ),
    "MAKER-COUNTRY-DIFFERS": W(
        "The maker is registered in {country}, the goods are of another origin: {number}.",
        "生产企业注册国别为 {country}，与货物原产地不同：{number}。",
    ),
    "REGISTRATION-RENEWED": W(
        "First registered in {year}, and a registration holds five years: ask for the renewal of {number}.",
        "首次注册于 {year} 年，注册证有效期五年：请核对 {number} 的延续注册。",
    ),
    "PRODUCER-NOT-STATED": W("The producer's registration code is missing.", "缺少生产企业备案（登记）代码。"),
    "EXIT-LIST": W(
        "Goods on the exit inspection list ({letters}) are inspected at origin.",
        "出境法检商品（{letters}）须经产地检验。",
    ),
    "ORIGIN-PASSED": W("Every line passed at origin.", "产地检验全部合格。"),
    "RECTIFIED": W("Rectified: inspected again.", "已整改，须复验。"),
    "TREATED": W("Treated: inspected again.", "已作技术处理，须复验。"),
    "PASS-EXPIRED": W("The result at origin is older than {days} days.", "产地检验结果已超过 {days} 天。"),
    "PORT-CHECK-PASSED": W("The goods at the port agree with the record from origin.", "口岸查验货证相符。"),
    "PORT-CHECK-DIFFERS": W("The goods at the port differ from the record from origin.", "口岸查验货证不符。"),
    "SELECTED-BEFORE": W(
        "Selected before the declaration was changed: the goods are inspected.", "申报变更前已布控，货物须查验。"
    ),
    "DECLARED-BEFORE": W(
        "The same goods were selected in {declaration} and nobody has looked at them yet.",
        "相同货物已在申报 {declaration} 中被布控，尚未查验。",
    ),
    "REINSPECTION": W("The declarant asked for another inspection.", "申报人申请复验。"),
    "WITHDRAWN": W("The declaration was withdrawn.", "申报已撤销。"),
    "SPLIT": W("Other declarations stand for this one.", "已由拆分后的申报取代。"),
    "MERGED": W("Another declaration stands for this one.", "已由合并后的申报取代。"),
    "PRE-SHIPMENT-CERTIFICATE-MISSING": W(
        "Used equipment needs a pre-shipment inspection certificate (101018).",
        "旧机电产品须提供装运前检验证书（101018）。",
    ),
    "MAKER-NOT-STATED": W("The maker's registration number in China is missing.", "缺少境外生产企业在华注册编号。"),
    "QUARANTINE-ALWAYS": W("Quarantine is never waived for these goods.", "该类货物检疫不予豁免。"),
    "RADIATION-ALWAYS": W("These goods are surveyed for radiation on arrival.", "该类货物到货须做放射性检测。"),
    "WOOD-PACKAGING-CHECK": W("Wood packaging is checked for its treatment mark.", "木质包装须核查除害处理标识。"),
    "INFANT-GOODS": W("Goods for infants are inspected and tested first.", "婴幼儿用品先检后放。"),
    "ALERT-IN-FORCE": W("A measure in force demands inspection: {source}.", "现行措施要求查验：{source}。"),
    "HIGH-SCORE": W("Risk score {score} of 100.", "风险评分 {score}（满分100）。"),
    "LOW-CREDIT": W("The firm's credit class is {credit}.", "企业信用等级为 {credit}。"),
    "NEW-PAIR": W("This importer has not brought this maker's goods in before.", "该进口商首次进口该企业货物。"),
    "USED-GOODS-CHECK": W("Used equipment is inspected on arrival, and that is final.", "旧机电产品以到货检验为准。"),
    "SHORT-LIFE": W("Shelf life of {days} days: fast lane.", "保质期 {days} 天，适用快速通道。"),
    "SEALED-LOOP": W("Sealed from loading to the gate, seal intact so far.", "装运至卡口全程封志完好。"),
    "LOW-RISK": W(
        "Low risk ({score} of 100), good credit, regular trade.", "低风险（{score} 分）、信用良好、常态贸易。"
    ),
    "OUTSIDE-LIST": W("Goods outside the statutory inspection list.", "法定检验目录外货物。"),
    "NOT-YET-TRUSTED": W("Too few lots passed in a row for a lighter mode.", "连续合格批次不足，暂不适用便利模式。"),
    "LOT-FAILED-ELSEWHERE": W("The lot failed a test elsewhere: {number}.", "该批次在他处检测不合格：{number}。"),
    "PRE-INSPECTED": W("Inspected once in the zone, written off against {number}.", "区内已预检验，凭 {number} 核销。"),
    "PASSED-ELSEWHERE": W(
        "The same lot was inspected at {place} and passed: {number}.", "同一批次已由 {place} 检验合格：{number}。"
    ),
    "AIR-SAMPLE-PASSED": W(
        "A sample of this lot flew ahead and passed: {number}.", "该批次空运样品检测合格：{number}。"
    ),
    "TESTED-ABROAD": W(
        "A listed body in {place} tested this lot before shipment: {number}.",
        "{place} 的列名机构装运前检测合格：{number}。",
    ),
    "TESTED-BY-BODY": W("A listed body tested this lot: {number}.", "列名机构检测合格：{number}。"),
    "LARGE-LOT": W(
        "A large lot of {kilograms} kg, inspected and released part by part.",
        "大宗货物 {kilograms} 千克，分批查验、分批放行。",
    ),
    "GUARANTEE-MISSING": W(
        "A guarantee of conformity would allow a lighter mode: {paper}.", "提供合格保证可适用更便利的模式：{paper}。"
    ),
    "MODE-SUSPENDED": W("The importer is suspended from a mode: {mode}.", "进口商已被暂停适用模式：{mode}。"),
    "PROOF-NOT-COUNTED": W("The result {number} does not count for these goods.", "结果 {number} 不能用于该货物。"),
    "IDENTITY-CONFIRMED": W("The goods are those that were tested.", "货物即为已检批次。"),
    "IDENTITY-DIFFERS": W("The goods are not those that were tested.", "货物与已检批次不符。"),
    "DRAWN": W("Drawn at random at a rate of {rate}.", "按 {rate} 的比例随机抽中。"),
    "NOT-DRAWN": W("Not drawn at a rate of {rate}.", "按 {rate} 的比例随机抽取，未抽中。"),
    "SEAL-INTACT": W("The seal was intact at the gate.", "卡口核验封志完好。"),
    "SEAL-NOT-VERIFIED": W(
        "The seal was broken, different or suspect at the gate.", "卡口核验发现封志破损、不符或异常。"
    ),
    "SEAL-DIFFERS": W("Seal {read} was read, {declared} was declared.", "实读封志 {read}，申报封志 {declared}。"),
    "RADIATION-ALARM": W("The radiation portal raised an alarm.", "放射性门户报警。"),
    "INSPECTION-PASSED": W("Inspected on the spot and found conforming.", "现场查验合格。"),
    "INSPECTION-FAILED": W("Inspection found goods that do not conform.", "现场查验不合格。"),
    "LABORATORY-PASSED": W("Laboratory results are within limits.", "实验室检测结果符合要求。"),
    "LABORATORY-FAILED": W("Laboratory results are outside limits: {analytes}.", "实验室检测超标：{analytes}。"),
    "OFFICER-DECISION": W("Decided by an officer of the control room.", "指挥中心人工决定。"),
    "OFFICER-HOLD": W("Held by the inspector.", "查验员暂扣。"),
}
MATCHES = {
    "number": W("Document number", "单证编号"),
    "container": W("Container", "集装箱"),
    "seal": W("Seal", "封志"),
    "bill": W("Bill of lading", "提单"),
    "gtin": W("Product number (GTIN)", "商品编码（GTIN）"),
    "batch": W("Batch", "批号"),
    "goods": W("Commodity code", "商品税号"),
    "origin": W("Origin", "原产地"),
    "name": W("Maker or consignor", "生产企业或发货人"),
    "net": W("Net weight", "净重"),
    "quantity": W("Quantity", "数量"),
}
"""What is compared between a declaration and what else speaks of its goods."""
EVIDENCE = {
    "seal": W("Electronic seal", "电子封志"),
    "certificate": W("Our certificate", "本机构证书"),
    "foreign": W("Certificate of another issuer", "其他机构签发的证书"),
    "lot": W("Another lot of the same batch", "同批号的其他货物"),
    "transport": W("Other declaration of the same transport", "同一运输工具下的其他申报"),
}
