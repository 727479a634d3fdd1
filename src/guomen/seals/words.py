"""Words of this capability: entry kinds, states, reasons and classes of seals."""

from guomen.kit.words import W

KINDS = {
    "seal.armed": W("Seal applied to a container", "集装箱已施封"),
    "seal.reported": W("Seal readings received", "已收到封志读数"),
    "seal.alarmed": W("Seal alarm raised", "封志报警"),
    "seal.verified": W("Seal checked", "封志已核验"),
    "seal.disarmed": W("Seal removed with authority", "经授权解封"),
}
STATES = {
    "armed": W("Under way, sealed", "在途，已施封"),
    "disarmed": W("Journey ended, seal removed", "行程结束，已解封"),
}
REASONS = {
    "SEAL-OPENED": W("The seal reported that it was opened without authority.", "封志报告未经授权被开启。"),
    "SEAL-COUNTER-BACK": W("The seal's one-way counter went back.", "封志单向计数器倒退。"),
    "SEAL-COUNTER-CHANGED": W(
        "The seal's one-way counter changed although the seal reported itself closed.",
        "封志报告处于封闭状态，但单向计数器发生了变化。",
    ),
    "SEAL-CONTRADICTION": W(
        "The seal sent two different readings for the same moment.", "封志对同一时刻发送了两条不同的读数。"
    ),
    "SEAL-SILENT": W("The seal was silent for longer than allowed.", "封志静默时间超过允许范围。"),
    "SEAL-BATTERY-LOW": W("The seal's battery is low.", "封志电量低。"),
    "SEAL-TEMPERATURE": W("The temperature left the agreed range.", "温度超出约定范围。"),
    "SEAL-UNKNOWN": W("No seal with this number was applied to any container.", "没有以此编号施封的记录。"),
    "SEAL-OTHER-CONTAINER": W("This seal was applied to another container.", "该封志施加于另一集装箱。"),
    "SEAL-OTHER-SEAL": W("Another seal was applied to this container.", "该集装箱施加的是另一封志。"),
    "SEAL-REMOVED": W("The journey of this seal had already ended.", "该封志的行程此前已结束。"),
    "SEAL-NOT-INTACT": W("The seal is visibly broken or missing.", "封志目视已损坏或缺失。"),
    "SEAL-COUNTER-READ": W(
        "The counter read at the seal differs from the one it had reported.", "现场读取的计数与封志已上报的计数不一致。"
    ),
}
CLASSES = {
    "H": W("High-security seal", "高保封志"),
    "S": W("Security seal", "安保封志"),
    "I": W("Indicative seal", "指示性封志"),
}
"""Classes of mechanical strength of ISO 17712."""
