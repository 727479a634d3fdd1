"""Words of this capability: entry kinds, instructions, states, duties, reasons."""

from guomen.kit.words import W

KINDS = {
    "receiver.added": W("Receiver of instructions added", "指令接收方已登记"),
    "receiver.ended": W("Receiver of instructions ended", "指令接收方已停用"),
    "instruction.issued": W("Instruction issued", "指令已下达"),
    "instruction.received": W("Instruction received", "指令已签收"),
    "instruction.done": W("Instruction carried out", "指令执行结果"),
    "unloading.started": W("Unloading in parts started", "分批卸运开始"),
    "unloading.stopped": W("Unloading stopped", "卸货已停止"),
    "unloading.resumed": W("Unloading resumed", "卸货已恢复"),
    "unloading.finished": W("Unloading in parts finished", "分批卸运完成"),
    "part.unloaded": W("Part of a lot unloaded", "部分货物已卸"),
    "part.released": W("Part of a lot released", "部分货物已放行"),
    "part.found": W("Part of a lot does not conform", "部分货物不合格"),
    "part.settled": W("Part of a lot treated, returned or destroyed", "部分货物已处置"),
    "override.proposed": W("Release before all checks proposed", "提议检查完成前放行"),
    "override.approved": W("Release before all checks approved", "批准检查完成前放行"),
    "override.refused": W("Release before all checks refused", "否决检查完成前放行"),
    "debt.owed": W("Check or duty owed after release", "放行后待履行事项"),
    "debt.paid": W("Check or duty after release is done", "放行后事项已履行"),
    "debt.overdue": W("Check or duty after release is overdue", "放行后事项已逾期"),
    "slip.issued": W("Gate slip issued", "放行小票已签发"),
    "slip.read": W("Gate slip read", "放行小票已核验"),
}
INSTRUCTIONS = {
    "RELEASE": W("Release", "放行"),
    "HOLD": W("Hold", "暂扣"),
    "INSPECT": W("Inspect", "查验"),
    "SAMPLE": W("Hold for the laboratory", "抽样待检"),
    "TREAT": W("Treat", "除害处理"),
    "RETURN": W("Return", "退运"),
    "DESTROY": W("Destroy", "销毁"),
    "REFER": W("Refer", "移交"),
}
SLIP = {
    "title": W("Gate slip", "放行小票"),
    "released": W("Released", "已放行"),
    "not-yet": W("Not to leave yet", "尚不得放行"),
    "declaration": W("Declaration", "申报单"),
    "signed": W("Signed", "签发时间"),
    "until": W("Valid until", "有效期至"),
    "lines": W("Goods lines", "货物项"),
    "note": W(
        "Show this code at the gate. It is signed; the gate also asks whether it still holds.",
        "请在卡口出示此码。此码已签名；卡口还会核对是否仍有效。",
    ),
}
"""What a driver's slip says on paper."""
RECEIVER_KINDS = {
    "port": W("Port operator", "港口作业方"),
    "customs": W("Customs system", "海关系统"),
}
STATES = {
    "part.unloaded": W("Unloaded, to be looked at", "已卸待查"),
    "part.released": W("Released to the store", "已放行入库"),
    "part.found": W("Does not conform", "不合格"),
    "part.recalled": W("Called back", "已召回"),
    "part.gone": W("Returned or destroyed", "已退运或销毁"),
    "unloading.open": W("Unloading", "卸运中"),
    "unloading.stopped": W("Stopped", "已停止"),
    "unloading.done": W("Finished", "已完成"),
    "override.proposed": W("Waits for a second person", "待第二人批准"),
    "override.approved": W("Approved", "已批准"),
    "override.refused": W("Refused", "已否决"),
}
DUTIES = {
    "INSPECTION": W("Inspect the goods", "检验货物"),
    "LABORATORY": W("Laboratory result", "实验室结果"),
    "IDENTITY": W("Compare the goods with what was tested", "核对货物身份"),
    "SEAL": W("Check the seal", "核验封志"),
    "DESTINATION-CHECK": W("Check at the destination", "目的地检验"),
    "RECALL-READY": W("Stay ready to call the goods back", "保持可召回"),
    "MARKET-MONITORING": W("Watch the goods in the market", "上市后监测"),
    "CALL-BACK": W("Bring back the parts that left", "召回已运出部分"),
}
REASONS = {
    "RELEASED-ON-CONDITIONS": W("Released on conditions before all checks were done.", "检查完成前附条件放行。"),
    "OVERRIDDEN": W("Released by two officers before all checks were done.", "经两名人员批准，检查完成前放行。"),
    "PART-FOUND": W("Part {part} does not conform: unloading stopped.", "第 {part} 部分不合格，停止卸货。"),
    "UNLOADING-RESUMED": W("Treated, returned or destroyed; unloading goes on.", "已处置，恢复卸货。"),
    "DEBT-FAILED": W("A check after release found goods that do not conform.", "放行后检查发现不合格。"),
    "DUTY-OVERDUE": W("A duty after the release of {line} was not done in time.", "{line} 放行后的义务逾期未履行。"),
    "DUTY-FAILED": W("After the release of {line} goods were found not to conform.", "{line} 放行后发现货物不合格。"),
    "SLIP-UNREADABLE": W("This is no slip of ours.", "并非本系统签发的小票。"),
    "SLIP-EXPIRED": W("The slip is out of date.", "小票已过期。"),
    "SLIP-OTHER-CONTAINER": W("The slip is for another container.", "小票所列集装箱不符。"),
    "SLIP-SUPERSEDED": W("A newer instruction replaces the slip.", "小票已被新指令取代。"),
    "SLIP-NOT-RELEASED": W("Not everything in the container is released.", "箱内货物未全部放行。"),
    "SLIP-GOOD": W("The container may leave.", "该集装箱可以放行。"),
}
