"""Words of this capability: entry kinds, kinds of organisation, roles."""

from guomen.kit.words import W

KINDS = {
    "party.registered": W("Organisation registered", "组织已登记"),
    "person.added": W("Person added to an organisation", "人员已加入组织"),
    "token.issued": W("API token issued", "接口令牌已签发"),
    "token.revoked": W("API token revoked", "接口令牌已吊销"),
}
ORGANISATION_KINDS = {
    "authority": W("Authority", "主管部门"),
    "trader": W("Trader", "贸易企业"),
    "laboratory": W("Laboratory", "实验室"),
    "carrier": W("Carrier", "承运企业"),
    "retailer": W("Retailer", "零售企业"),
    "partner": W("Partner authority", "协作机构"),
}
ROLES = {
    "inspector": W("Inspector", "查验员"),
    "certifier": W("Certifying officer", "签证官"),
    "controller": W("Control room officer", "指挥中心值守员"),
    "declarant": W("Declarant", "申报员"),
    "analyst": W("Laboratory analyst", "实验室检测员"),
    "carrier": W("Transport operator", "运输操作员"),
    "seller": W("Retail seller", "零售人员"),
    "liaison": W("Partner agency liaison", "协作机构联络员"),
    "admin": W("Administrator of the organisation", "组织管理员"),
}
ROLES_OF_KIND = {
    "authority": {"inspector", "certifier", "controller", "admin"},
    "trader": {"declarant", "seller", "admin"},
    "laboratory": {"analyst", "admin"},
    "carrier": {"carrier", "admin"},
    "retailer": {"seller", "admin"},
    "partner": {"liaison", "admin"},
}
SCOPES = {
    "declare": W("Lodge and read declarations", "提交和查看申报"),
    "capture": W("Send events", "上报事件"),
    "seal": W("Report seal readings", "上报封志读数"),
    "results": W("Enter laboratory results", "录入检测结果"),
    "tags": W("Order and report tags", "订购和管理标签"),
    "read": W("Read what the organisation may see", "读取本组织可见的数据"),
}
