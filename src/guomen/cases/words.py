"""Words of this capability: entry kinds, states, kinds of case, what an agency may decide."""

from guomen.kit.words import W

KINDS = {
    "case.opened": W("Joint case opened", "联合执法案件已立案"),
    "case.joined": W("Agency joined the case", "机构已加入案件"),
    "case.decided": W("Agency decided", "机构已作出决定"),
    "case.withdrawn": W("Agency withdrew its decision", "机构已撤回其决定"),
    "case.message": W("Message in the case", "案件留言"),
    "case.closed": W("Joint case closed", "联合执法案件已结案"),
}
STATES = {
    "case.open": W("Open", "办理中"),
    "case.closed": W("Closed", "已结案"),
}
CASE_KINDS = {
    "recall": W("Recall", "召回"),
    "consignment": W("Consignment", "货物"),
    "assistance": W("Request for assistance", "执法协助请求"),
}
DECISIONS = {
    "stop": W("Stop the goods in our area", "在本辖区停止流通"),
    "examine": W("Examine the maker or the goods", "对生产企业或货物开展检查"),
    "watch": W("Watch and report back", "持续关注并反馈"),
    "none": W("No action by us", "本机构不采取措施"),
}
"""From the strictest to the mildest: the joint result is the strictest one, and silence is no consent."""
