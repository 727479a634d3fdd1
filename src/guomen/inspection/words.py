"""Words of this capability: entry kinds, reasons, states, and why a measurement cannot be judged."""

from guomen.kit.words import W

KINDS = {
    "inspection.ordered": W("Inspection ordered", "已下达查验指令"),
    "inspection.taken": W("Inspection taken by an officer", "查验员已领取任务"),
    "inspection.given": W("Inspection given to an officer", "已指派查验员"),
    "inspection.accompanied": W("Second officer named", "已登记第二名查验员"),
    "inspection.answered": W("Check recorded", "检查项已记录"),
    "inspection.photographed": W("Photo taken", "已拍照取证"),
    "inspection.concluded": W("Inspection concluded", "查验已作出结论"),
    "inspection.cancelled": W("Inspection cancelled", "查验指令已撤销"),
    "inspection.held": W("Goods held by the inspector", "查验员已暂扣货物"),
    "staff.stated": W("Officers on duty stated", "已登记当班人数"),
    "sample.drawn": W("Sample drawn", "已抽取样品"),
    "sample.tested": W("Fast test at the goods", "现场快速检测"),
    "sample.received": W("Sample received by the laboratory", "实验室已收样"),
    "sample.measured": W("Laboratory results entered", "检测结果已录入"),
    "sample.reported": W("Laboratory report signed", "检测报告已签发"),
}
REASONS = {
    "CHECKS-CONFORM": W("All checks conform", "所有检查项均符合要求"),
    "CHECKS-INCOMPLETE": W("Some checks are not done yet", "尚有检查项未完成"),
    "FAST-NEGATIVE": W("A fast test found nothing; the laboratory's report follows", "快检阴性，实验室报告随后"),
    "FAST-POSITIVE": W("A fast test was positive: the laboratory confirms it", "快检阳性，待实验室确证"),
    "SAMPLE-AT-LABORATORY": W("A sample is at the laboratory", "样品正在实验室检测"),
    "ANALYTES-WITHIN-LIMITS": W("The laboratory found nothing over the limits", "实验室检测结果均在限量之内"),
    "ANALYTE-OUT-OF-LIMITS": W("The laboratory found values outside the limits", "实验室检出超出限量的项目"),
}
HOLD_REASONS = {
    "HOLD-SEAL": W("The seal is broken or another number", "封志破损或号码不符"),
    "HOLD-GOODS-DIFFER": W("The goods are not those declared", "货物与申报不符"),
    "HOLD-PAPERS": W("Papers are missing or do not match", "单证缺失或不一致"),
    "HOLD-DANGER": W("The goods may be dangerous to people", "货物可能危及人身安全"),
    "HOLD-ACCESS": W("The goods cannot be reached or opened safely", "货物无法安全接近或开启"),
    "HOLD-OTHER": W("Another reason, in the officer's words", "其他原因，见查验员说明"),
}
REASONS |= HOLD_REASONS
STATES = {
    "order.waiting": W("Waiting for an officer", "待领取"),
    "order.taken": W("In hand", "查验中"),
    "order.concluded": W("Concluded", "已结论"),
    "order.held": W("Held", "已暂扣"),
    "order.cancelled": W("Cancelled", "已取消"),
    "sample.drawn": W("On the way to the laboratory", "送样途中"),
    "sample.received": W("Being tested", "检测中"),
    "sample.reported": W("Reported", "已出报告"),
}
OUTCOMES = {
    "pass": W("Conforms", "合格"),
    "lab": W("Waiting for the laboratory", "待实验室结果"),
    "fail": W("Does not conform", "不合格"),
}
VERDICTS = {
    "within": W("Within limit", "在限量之内"),
    "outside": W("Outside limit", "超出限量"),
    "unclear": W("The method cannot tell", "方法无法判定"),
    "stated": W("No limit applies", "无限量要求"),
}
MEASURE_PROBLEMS = {
    "not-a-number": W("Enter a number, for example 21.4.", "请输入数字，例如 21.4。"),
    "wrong-unit": W(
        "This limit is in {wanted}, the value was given in {given}.", "该限量的单位为 {wanted}，填报的单位为 {given}。"
    ),
    "no-background": W(
        "Enter the background reading too: the limit is for the rate above it.",
        "请同时填写本底值：限量针对扣除本底后的净值。",
    ),
    "negative": W("A dose rate cannot be negative.", "剂量率不能为负值。"),
    "unknown-operator": W("Choose = or <.", "请选择 = 或 <。"),
    "below-loq": W(
        "This is below the limit of quantification: report it as < {loq}.", "该值低于定量限，请填报为 < {loq}。"
    ),
    "missing": W("Enter a value.", "请填写数值。"),
}
