"""Words of this capability: entry kinds, reasons why a certificate does not verify, states."""

from guomen.kit.words import W

KINDS = {
    "certificate.drafted": W("Certificate drafted", "证书已拟制"),
    "certificate.signed": W("Certificate signed", "证书已签发"),
    "certificate.revoked": W("Certificate revoked", "证书已撤销"),
}
STATES = {
    "certificate.draft": W("Draft", "草稿"),
    "certificate.valid": W("Valid", "有效"),
    "certificate.revoked": W("Revoked", "已撤销"),
    "certificate.expired": W("Expired", "已过期"),
    "certificate.invalid": W("Not valid", "无效"),
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
    "CERTIFICATE-OTHER-PAPER": W(
        "This file is not a certificate as we made it. It may have been changed or saved anew.",
        "该文件与我们生成的证书不一致，可能已被改动或重新保存。",
    ),
    "CERTIFICATE-NOT-YET-VALID": W("This certificate is not valid yet.", "该证书尚未生效。"),
    "CERTIFICATE-EXPIRED": W("The validity of this certificate is over.", "该证书已过有效期。"),
    "CERTIFICATE-REVOKED": W("The authority has revoked this certificate.", "该证书已被主管部门撤销。"),
}
