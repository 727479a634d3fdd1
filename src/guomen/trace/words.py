"""Words of this capability: entry kinds, and what a holder of goods is."""

from guomen.kit.words import W

KINDS = {
    "event.captured": W("Supply-chain events received", "已接收供应链事件"),
    "query.named": W("Query kept under a name", "已保存命名查询"),
    "query.forgotten": W("Named query deleted", "已删除命名查询"),
    "event.shared": W("Events shared with another organisation", "已向其他组织共享事件"),
    "event.unshared": W("Sharing of events ended", "已停止共享事件"),
}
HOLDER_ROLES = {
    "holder": W("Received goods and has not passed all of them on", "已收货且未全部转出"),
    "addressee": W("Goods were sent to it; no receipt is known", "货物已发往该方，尚无收货记录"),
}
