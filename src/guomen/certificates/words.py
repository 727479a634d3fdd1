"""Words of this capability: entry kinds, states, reasons why a certificate does not verify, codes of reasons."""

from guomen.kit.words import W

KINDS = {
    "certificate.asked": W("Certificate asked for", "已申请证书"),
    "certificate.declined": W("Request for a certificate declined", "证书申请未获受理"),
    "issuer.proposed": W("Issuer proposed for the trust list", "已提出可信签发机构"),
    "issuer.trusted": W("Issuer put on the trust list", "签发机构已列入可信名单"),
    "issuer.declined": W("Proposed issuer declined", "可信签发机构提议未获确认"),
    "issuer.withdrawn": W("Issuer taken off the trust list", "签发机构已移出可信名单"),
    "foreign.received": W("Certificate of another issuer attached", "已附其他机构签发的证书"),
    "certificate-key.added": W("New keys sign certificates", "已启用新的证书签发密钥"),
    "certificate-key.distrusted": W("Keys of certificates are known to others", "证书签发密钥已泄露"),
    "certificate.drafted": W("Certificate drafted", "证书已拟制"),
    "certificate.changed": W("Draft of a certificate changed", "证稿已修改"),
    "certificate.reviewed": W("Certificate reviewed", "证稿已审核"),
    "certificate.returned": W("Draft of a certificate sent back", "证稿已退回"),
    "certificate.signed": W("Certificate signed", "证书已签发"),
    "certificate.declared": W("Declaration of a firm received", "企业声明已接收"),
    "certificate.suspended": W("Certificate suspended", "证书已暂停"),
    "certificate.resumed": W("Certificate valid again", "证书已恢复"),
    "certificate.replaced": W("Certificate replaced", "证书已换发"),
    "certificate.revoked": W("Certificate revoked", "证书已撤销"),
    "packages.used": W("Packages written off", "包装数量已核销"),
    "packages.returned": W("Packages given back", "包装数量已退回"),
}
STATES = {
    "issuer.proposed": W("Proposed", "待确认"),
    "issuer.active": W("Trusted", "可信"),
    "issuer.declined": W("Declined", "未获确认"),
    "issuer.withdrawn": W("Withdrawn", "已移出"),
    "issuer.superseded": W("Changed since", "已变更"),
    "certificate.draft": W("Draft", "草稿"),
    "certificate.returned": W("Sent back", "已退回"),
    "certificate.reviewed": W("Waits for the signature", "待签发"),
    "certificate.early": W("Not valid yet", "尚未生效"),
    "certificate.valid": W("Valid", "有效"),
    "certificate.suspended": W("Suspended", "已暂停"),
    "certificate.replaced": W("Replaced", "已换发"),
    "certificate.revoked": W("Revoked", "已撤销"),
    "certificate.expired": W("Expired", "已过期"),
    "certificate.invalid": W("Not valid", "无效"),
    "request.open": W("Asked for", "已申请"),
    "request.drafted": W("Taken up", "已受理"),
    "request.declined": W("Declined", "未受理"),
}
CANNOT = {
    "draft": W("This certificate has not been reviewed yet.", "该证书尚未审核。"),
    "returned": W("This draft was sent back and waits for its drafter.", "该证稿已退回，待拟稿人修改。"),
    "reviewed": W("This certificate is reviewed already and waits for the signature.", "该证书已审核，待签发。"),
    "early": W("This certificate is already signed.", "该证书已签发。"),
    "valid": W("This certificate is already signed.", "该证书已签发。"),
    "suspended": W("This certificate is suspended.", "该证书已暂停。"),
    "expired": W("The validity of this certificate is over.", "该证书已过有效期。"),
    "replaced": W("This certificate is replaced by another one.", "该证书已由另一证书替代。"),
    "revoked": W("This certificate is revoked, for good.", "该证书已撤销，不可恢复。"),
}
"""Why a move is not possible, by the present state."""
SAME_PERSON = {
    "drafted": W(
        "Who drafted may neither review nor sign. Ask a colleague.", "拟稿人不得审核或签发，请由其他人员办理。"
    ),
    "reviewed": W("Who reviewed may not sign. Ask another certifying officer.", "审核人不得签发，请由其他签证官签发。"),
    "took-part": W(
        "Who accepted or inspected the goods may neither review nor sign. Ask another officer.",
        "受理或检验人员不得审核或签发，请由其他人员办理。",
    ),
}
SUSPEND_CODES = {
    "investigation": W("Facts are being looked into", "情况正在调查"),
    "holder": W("The holder asked for it", "持证人申请"),
    "goods": W("The goods may have changed", "货物状况可能已变化"),
    "recall": W("The goods are being recalled", "货物正在召回"),
    "other": W("Another reason", "其他原因"),
}
REVOKE_CODES = {
    "issued-in-error": W("Issued in error", "签发有误"),
    "false-facts": W("The facts were not true", "所述事实不实"),
    "non-conforming": W("The goods do not conform", "货物不符合要求"),
    "goods-changed": W("The goods were changed or exchanged", "货物已变更或调换"),
    "misused": W("The certificate was misused", "证书被冒用或挪用"),
    "recall": W("The goods were recalled", "货物已召回"),
    "holder": W("The holder gave it back", "持证人退证"),
    "key": W("The signing key can no longer be trusted", "签名密钥不再可信"),
    "other": W("Another reason", "其他原因"),
}
REASONS = {
    "CERTIFICATE-UNKNOWN": W("We did not issue a certificate with this number.", "我们没有签发过该编号的证书。"),
    "CERTIFICATE-UNREADABLE": W("This is not a signed certificate.", "这不是已签名的证书。"),
    "CERTIFICATE-FORGED": W(
        "The signature does not match the content. Someone changed it, or it is not ours.",
        "签名与内容不符：内容被改动，或并非由我们签发。",
    ),
    "CERTIFICATE-OTHER-ISSUER": W("This certificate names another issuer.", "该证书的签发机构不是我们。"),
    "CERTIFICATE-REPLACED": W(
        "This is not the text that was signed under this number.", "该内容与此编号所签发的证书内容不同。"
    ),
    "CERTIFICATE-SUPERSEDED": W("Another certificate has replaced this one.", "该证书已由另一证书替代。"),
    "CERTIFICATE-OTHER-PAPER": W(
        "This file is not a certificate as we made it. It may have been changed or saved anew.",
        "该文件与我们生成的证书不一致，可能已被改动或重新保存。",
    ),
    "CERTIFICATE-NOT-YET-VALID": W("This certificate is not valid yet.", "该证书尚未生效。"),
    "CERTIFICATE-SUSPENDED": W(
        "The authority has suspended this certificate. It may become valid again.", "该证书已被暂停使用，可能恢复。"
    ),
    "CERTIFICATE-EXPIRED": W("The validity of this certificate is over.", "该证书已过有效期。"),
    "CERTIFICATE-REVOKED": W("The authority has revoked this certificate.", "该证书已被主管部门撤销。"),
}
