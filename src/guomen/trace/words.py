"""Words of this capability: entry kinds, and what a holder of goods is."""

from guomen.kit.words import W

KINDS = {
    "event.captured": W("Supply-chain events received", "已接收供应链事件"),
    "query.named": W("Query kept under a name", "已保存命名查询"),
    "query.forgotten": W("Named query deleted", "已删除命名查询"),
    "event.shared": W("Events shared with another organisation", "已向其他组织共享事件"),
    "event.unshared": W("Sharing of events ended", "已停止共享事件"),
    "subscription.started": W("Subscription to a query started", "已订阅查询"),
    "subscription.ended": W("Subscription to a query ended", "已取消查询订阅"),
}
HOLDER_ROLES = {
    "holder": W("Received goods and has not passed all of them on", "已收货且未全部转出"),
    "addressee": W("Goods were sent to it; no receipt is known", "货物已发往该方，尚无收货记录"),
}
DELIVERY_ERRORS = {
    "answered": W("The receiver answered {status}", "接收方返回 {status}"),
    "timed-out": W("The receiver did not answer in time", "接收方未在规定时间内应答"),
    "not-connected": W("Nobody answers at this address", "该地址无法连接"),
    "bad-certificate": W("The receiver's certificate is not valid for its name", "接收方的证书与其名称不符或无效"),
    "broken-off": W("The connection broke before an answer came", "连接在应答前中断"),
    "no-such-host": W("The receiver's name has no address", "接收方域名无法解析"),
    "not-public": W("Its address is not one of the public Internet", "其地址不属于公共互联网"),
    "https-required": W("Without https nothing is sent there", "该地址须使用 https"),
    "not-a-url": W("It is not an http or https address", "该地址不是有效的 http 或 https 地址"),
    "user-or-fragment": W("It holds a user name or a fragment", "该地址含有用户名或片段标识"),
    "no-key": W("Its secret cannot be opened with the key of this installation", "本系统密钥无法解开其签名密钥"),
    "not-made": W("The delivery cannot be put into words", "无法生成推送内容"),
    "query": W("Its query cannot be asked any more", "其查询已无法执行"),
}
