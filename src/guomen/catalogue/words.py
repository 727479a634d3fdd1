"""Words of the catalogue: entry kinds, and why a checklist item fails."""

from guomen.kit.words import W

KINDS = {
    "product.registered": W("Product registered", "产品已登记"),
    "link.added": W("Link of a product or place added", "已新增产品或地点的链接"),
    "link.changed": W("Link of a product or place changed", "已更改产品或地点的链接"),
    "link.removed": W("Link of a product or place removed", "已删除产品或地点的链接"),
    "rulepack.proposed": W("Change of the rule pack proposed", "已提出规则包更改"),
    "rulepack.simulated": W("Change of the rule pack simulated on history", "规则包更改已对历史数据模拟"),
    "rulepack.approved": W("Change of the rule pack approved, tried without effect", "规则包更改已批准，进入影子运行"),
    "rulepack.cut-over": W("Change of the rule pack counts for a share of the lines", "规则包更改已按比例切换"),
    "rulepack.undone": W("Change of the rule pack undone", "规则包更改已回退"),
    "rulepack.withdrawn": W("Proposal for the rule pack withdrawn", "规则包更改提案已撤回"),
}
STATES = {
    "rulepack.proposed": W("Proposed", "已提出"),
    "rulepack.shadow": W("Tried without effect", "影子运行"),
    "rulepack.partial": W("Counts for a share of the lines", "按比例试行"),
    "rulepack.live": W("Decides", "现行"),
    "rulepack.replaced": W("Replaced by a later one", "已被后续版本取代"),
    "rulepack.withdrawn": W("Withdrawn", "已撤回"),
    "rulepack.undone": W("Undone", "已回退"),
}
REASONS = {
    "SEAL-NOT-AS-DECLARED": W("Container or seal number differs from the declaration", "集装箱号或封志号与申报不符"),
    "IDENTITY-MISMATCH": W("Goods, marks or quantity differ from the declaration", "货物、唛头或数量与申报不符"),
    "LABEL-INCOMPLETE": W("Chinese label is missing or incomplete", "中文标签缺失或不完整"),
    "SAFETY-CLASS-WRONG": W("Safety class does not fit the product", "安全技术类别与产品不符"),
    "ODOUR-FOUND": W("Abnormal odour", "存在异味"),
    "SHARPS-FOUND": W("Broken needle or sharp metal found", "发现断针或锐利金属"),
    "CONTAINER-UNCLEAN": W("Container is dirty, wet or has pests", "箱体不洁、潮湿或有虫鼠"),
    "MAKER-UNREGISTERED": W("Maker's registration number is missing or different", "境外生产企业注册编号缺失或不符"),
    "PACKAGE-DAMAGED": W("Packs are damaged or swollen", "包装破损或胀包"),
    "TEMPERATURE-OUT-OF-RANGE": W("Temperature is outside the allowed range", "温度超出允许范围"),
    "SAMPLE-NOT-POSSIBLE": W("The sample could not be drawn", "无法取样"),
    "PRE-SHIPMENT-CERTIFICATE-WRONG": W(
        "Pre-shipment inspection certificate does not fit the goods", "装运前检验证书与货物不符"
    ),
    "WASTE-FOUND": W("Waste or foreign goods found", "发现夹带废物或其他货物"),
    "GUARD-MISSING": W("Guard, warning sign or emergency stop is missing", "防护装置、警示标志或急停装置缺失"),
    "LEAK-OR-SOIL-FOUND": W("Leaking oil, soil or dirt found", "发现油水渗漏、泥土或污物"),
    "DAMAGE-FOUND": W("Damage, signs of use or pests found", "发现残损、使用痕迹或有害生物"),
    "INSTRUMENT-NOT-VALID": W("Instrument is out of calibration", "仪器不在检定有效期内"),
    "BACKGROUND-NOT-VALID": W("Background reading is not plausible", "本底读数异常"),
    "RADIATION-ABOVE-LIMIT": W("Dose rate is above the limit", "剂量率超过限值"),
    "CONTAMINATION-ABOVE-LIMIT": W("Surface contamination is above the limit", "表面污染超过限值"),
    "CCC-WRONG": W("CCC certificate or mark is missing or does not fit", "CCC证书或标志缺失或不符"),
    "SMALL-PARTS-FOUND": W("Small parts, magnets or batteries come off", "存在可脱落小零件、磁体或电池"),
    "CORD-FOUND": W("Cords or films are beyond their limits", "绳带或薄膜不符合要求"),
    "VIN-WRONG": W("VIN differs or is not valid", "车辆识别代号不符或无效"),
    "VIN-NOT-FILED": W("VIN is not among those filed", "车辆识别代号未备案"),
    "LINE-TEST-FAILED": W("The vehicle failed the line test", "车辆上线检测不合格"),
    "REGISTRATION-WRONG": W(
        "Registration or filing is missing, out of date or of other goods", "注册或备案缺失、失效或与货物不符"
    ),
    "USED-OR-EXPIRED": W("Goods are used or past their life", "旧品或已过期"),
    "CERTIFICATE-WRONG": W("Certificate or permit does not fit the goods", "证书或许可与货物不符"),
    "TREATMENT-VOID": W("Treatment is missing or void", "除害或消毒处理缺失或无效"),
    "PEST-FOUND": W("Living pest or vector found", "发现活体有害生物或病媒"),
    "WOOD-NOT-DECLARED": W("Wood packaging was not declared", "木质包装未申报"),
    "MARK-WRONG": W("Mark is missing or not right", "标识缺失或不规范"),
    "BARK-FOUND": W("Bark beyond the tolerance", "树皮超限"),
    "GAS-FOUND": W("Gas in the container is outside the limits", "箱内气体超出限值"),
    "DANGEROUS-CLASS-WRONG": W(
        "Hazard class, UN number or stabiliser is not as declared", "危险类别、UN编号或稳定剂与申报不符"
    ),
    "DISEASE-SUSPECTED": W("Disease suspected", "疑似疫病"),
    "PROHIBITED-HERE": W("Not admitted by this way of trade", "不符合该贸易方式准入要求"),
}
