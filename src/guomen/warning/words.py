"""Words of this capability: entry kinds, states, sources, severities, levels, why somebody is told of a recall."""

from guomen.kit.words import W

KINDS = {
    "signal.received": W("Signal received", "收到风险信号"),
    "signal.erased": W("Report text erased at the reporter's request", "应报告人请求删除报告正文"),
    "signal.withdrawn": W("Signal withdrawn: it was a false alarm", "信号已撤回（误报）"),
    "alert.opened": W("Alert opened", "预警已立案"),
    "alert.raised": W("Alert raised to a higher level", "预警已升级"),
    "alert.taken": W("Alert taken by an officer", "预警已由专人负责"),
    "alert.assessed": W("Risk assessed", "风险已评估"),
    "recall.ordered": W("Recall ordered", "已下达召回令"),
    "notice.sent": W("Recall notice sent to a holder", "召回通知已送达持有方"),
    "recall.acknowledged": W("Recall notice acknowledged", "持有方已确认召回通知"),
    "alert.lifted": W("Alert lifted", "预警已解除"),
}
STATES = {
    "alert.open": W("Open, not assessed", "待评估"),
    "alert.assessed": W("Assessed, no measures yet", "已评估，未采取措施"),
    "alert.measures": W("Measures in force", "措施执行中"),
    "alert.lifted": W("Lifted", "已解除"),
    "recall.in-force": W("In force", "执行中"),
    "recall.completed": W("Completed", "已完成"),
}
LEVELS = {
    "I": W("I red: serious risk", "Ⅰ级（红色）：特别重大"),
    "II": W("II orange: high risk", "Ⅱ级（橙色）：重大"),
    "III": W("III yellow: medium risk", "Ⅲ级（黄色）：较大"),
    "IV": W("IV blue: low risk, watch", "Ⅳ级（蓝色）：一般"),
}
RISKS = {
    "serious": W("Serious", "严重"),
    "high": W("High", "高"),
    "medium": W("Medium", "中"),
    "low": W("Low", "低"),
}
SOURCES = {
    "injury": W("Injury or illness", "伤害或疾病"),
    "complaint": W("Complaint", "投诉"),
    "laboratory": W("Laboratory failure", "实验室检测不合格"),
    "inspection": W("Inspection failure", "现场查验不合格"),
    "recall-abroad": W("Recall abroad", "境外召回通报"),
    "scan": W("Scans of item codes", "扫码异常"),
    "media": W("Media", "媒体报道"),
    "authority": W("Another authority", "其他主管部门通报"),
}
SEVERITIES = {
    1: W(
        "First aid: someone can treat it at home, it heals completely",
        "轻微：自行或简单急救即可处理，可完全恢复",
    ),
    2: W(
        "Doctor: a visit to casualty may be needed, healed within about six months",
        "一般：可能需要急诊就医，约六个月内基本恢复",
    ),
    3: W(
        "Hospital: normally admitted, or a function is affected for more than six months or for good",
        "严重：通常需要住院，或功能受影响超过六个月乃至永久丧失",
    ),
    4: W(
        "Life: fatal or possibly fatal, harms reproduction or a child to be born, or leaves a lasting disability "
        "of more than about 10 per cent",
        "非常严重：致命或可能致命，影响生育或后代，或造成约 10% 以上的永久性伤残",
    ),
}
CHANCES = {
    "1": W("Certain", "必然发生"),
    "0.6": W("More likely than not", "发生可能性过半"),
    "0.2": W("1 in 5", "五分之一"),
    "0.1": W("1 in 10", "十分之一"),
    "0.02": W("1 in 50", "五十分之一"),
    "0.01": W("1 in 100", "百分之一"),
    "0.001": W("1 in 1,000", "千分之一"),
    "0.0001": W("1 in 10,000", "万分之一"),
    "0.00001": W("1 in 100,000", "十万分之一"),
    "0.000001": W("1 in a million", "百万分之一"),
}
BANDS = (
    W("more than 50 %", "大于 50%"),
    W("more than 1 in 10", "大于十分之一"),
    W("more than 1 in 100", "大于百分之一"),
    W("more than 1 in 1,000", "大于千分之一"),
    W("more than 1 in 10,000", "大于万分之一"),
    W("more than 1 in 100,000", "大于十万分之一"),
    W("more than 1 in a million", "大于百万分之一"),
    W("1 in a million or less", "不超过百万分之一"),
)
HOLDER_ROLES = {
    "importer": W("Imported these goods", "进口了该批货物"),
    "holder": W("Received goods of this batch and has not passed all of them on", "收到该批货物且尚未全部转出"),
    "addressee": W("Goods of this batch were sent to it, no receipt is known", "该批货物已发往该方，尚无收货记录"),
    "seller": W("Sold items of this batch", "销售过该批商品"),
}
