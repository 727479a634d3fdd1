"""Words of this capability: entry kinds, states, reasons."""

from guomen.kit.words import W

KINDS = {
    "body.listed": W("Inspection body put on the list", "检验机构列入目录"),
    "body.suspended": W("Inspection body suspended", "检验机构被暂停"),
    "body.restored": W("Inspection body restored", "检验机构恢复列名"),
    "body.delisted": W("Inspection body taken off the list", "检验机构移出目录"),
    "body.compared": W("Body's result compared with our own inspection", "机构结果与自检结果比对"),
    "report.asked": W("Test by a listed body announced", "列名机构检测已预告"),
    "report.delayed": W("Report announced to come later", "报告延期已说明"),
    "report.late": W("Report late without notice", "报告逾期未说明"),
    "report.filed": W("Report of a listed body filed", "列名机构报告已提交"),
    "report.voided": W("Report declared void", "报告作废"),
    "air-sample.declared": W("Air sample declared", "空运样品已申报"),
    "air-sample.forwarded": W("Air sample sent to a laboratory", "空运样品已送检"),
    "air-sample.judged": W("Air sample judged", "空运样品已判定"),
    "evidence.opened": W("Result counts for a lot", "批次结果可采信"),
    "evidence.used": W("Quantity written off against a result", "凭结果核销数量"),
    "evidence.returned": W("Quantity given back", "核销数量退回"),
    "evidence.ended": W("Result counts no longer", "结果不再采信"),
    "standing.asked": W("Firm asked to be admitted to a release mode", "企业申请适用放行模式"),
    "standing.admitted": W("Firm admitted to a release mode", "企业准入放行模式"),
    "standing.suspended": W("Firm suspended from a release mode", "企业被暂停适用放行模式"),
    "standing.lifted": W("Suspension lifted", "暂停已解除"),
    "standing.ended": W("Firm left a release mode", "企业退出放行模式"),
}
STATES = {
    "body.listed": W("On the list", "在目录内"),
    "body.suspended": W("Suspended", "已暂停"),
    "body.delisted": W("Taken off the list", "已移出目录"),
    "report.asked": W("Announced", "已预告"),
    "report.filed": W("Filed", "已提交"),
    "report.void": W("Void", "已作废"),
    "air-sample.declared": W("On its way", "运送途中"),
    "air-sample.tested": W("At the laboratory", "实验室检测中"),
    "air-sample.passed": W("Conforms", "合格"),
    "air-sample.failed": W("Does not conform", "不合格"),
    "standing.asked": W("Waits for an officer", "待审核"),
    "standing.admitted": W("Admitted", "已准入"),
    "standing.suspended": W("Suspended", "已暂停"),
    "standing.ended": W("Ended", "已结束"),
}
BODY_KINDS = {
    "home": W("Its results stand for ours", "结果采信"),
    "overseas": W("Tests abroad before shipment", "境外装运前检测"),
}
REASONS = {
    "EVIDENCE-FAILED": W("The lot failed a test elsewhere.", "该批次在他处检测不合格。"),
    "EVIDENCE-EXPIRED": W("The result is out of date.", "结果已过有效期。"),
    "EVIDENCE-OF-ANOTHER-FIRM": W("The result belongs to another importer.", "结果属于其他进口商。"),
    "EVIDENCE-OF-THIS-OFFICE": W("The result is not of another office.", "结果并非其他口岸出具。"),
    "EVIDENCE-USED-UP": W("Not enough is left of the result's quantity.", "结果对应数量余量不足。"),
    "TESTED-AFTER-SHIPMENT": W("The test abroad was made after shipment.", "境外检测晚于装运日期。"),
    "BODY-NOT-LISTED": W("The body that tested is not on the list.", "检测机构不在目录内。"),
    "REPORT-VOID": W("The report was declared void.", "报告已作废。"),
    "REPORT-LATE": W("The report {report} was late without notice.", "报告 {report} 逾期且未事先说明。"),
    "SAMPLE-FAILED": W("The air sample {sample} failed.", "空运样品 {sample} 不合格。"),
    "LOT-FAILED": W("A part of the lot failed later.", "该批次后续部分不合格。"),
    "LINE-REFUSED": W("Goods of this mode were refused: {line}.", "适用该模式的货物不予放行：{line}。"),
}
