"""What is checked of a certificate that somebody shows, what came of each check, and the verdict that follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from guomen.kit.words import W

Result = Literal["passed", "failed", "open"]
"""open: not checked, and ``code`` says why."""
Verdict = Literal[
    "valid", "state-unknown", "suspended", "revoked", "replaced", "expired", "early", "out-of-scope", "unknown-issuer",
    "unproven", "invalid",
]  # fmt: skip


class Check(NamedTuple):
    """name: of ``NAMES``. code: of ``SENTENCES``, with its values."""

    name: str
    result: Result
    code: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a shown certificate is. form: of ``FORMS``. issuer: whom it names; issuer_name: as we know it.

    number: of our own certificate, or what the issuer calls it. facts: what it says, for people; hidden: how many
    facts the holder kept back. identity: the same for the same certificate in whatever envelope it comes again.
    """

    form: str
    verdict: Verdict
    checks: tuple[Check, ...]
    ours: bool = False
    issuer: str = ""
    issuer_name: W | None = None
    number: str = ""
    subject: str = ""
    names: tuple[str, ...] = ()
    begins: datetime | None = None
    ends: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    hidden: int = 0
    identity: str = ""

    @property
    def genuine(self) -> bool:
        """Whether who it names has signed it, and that is somebody we trust; what became of it is another question."""
        passed = {check.name for check in self.checks if check.result == "passed"}
        return {"signature", "issuer"} <= passed

    def said(self) -> dict[str, Any]:
        """What every door tells of it in JSON; sentences are each door's own."""
        return {
            "form": self.form,
            "verdict": self.verdict,
            "genuine": self.genuine,
            "issuer": self.issuer or None,
            "number": self.number or None,
            "valid_from": self.begins,
            "valid_until": self.ends,
            "facts": dict(self.facts),
            "facts_kept_back": self.hidden,
        }


def verdict(checks: Iterable[Check]) -> Verdict:
    """The one answer that follows from all checks: the gravest first."""
    rows = list(checks)
    failed = {check.name: check.code for check in rows if check.result == "failed"}
    if "form" in failed or "signature" in failed:
        return "invalid"
    if "issuer" in failed:
        return "unknown-issuer"
    for code in ("revoked", "replaced", "suspended"):
        if failed.get("status") == code:
            return code  # type: ignore[return-value]  # the three words are verdicts
    if failed.get("status") == "draft":
        return "early"
    if "time" in failed:
        return "early" if failed["time"] == "early" else "expired"
    if "scope" in failed or "subject" in failed:
        return "out-of-scope"
    unknown = any(c.name == "status" and c.result == "open" and c.code != "status-none" for c in rows)
    unsigned = any(c.name in ("signature", "issuer") and c.result == "open" for c in rows)
    return "unproven" if unsigned else "state-unknown" if unknown else "valid"


FORMS = {
    "vc+jwt": W("Verifiable credential (W3C VC 2.0, JOSE)", "可验证凭证（W3C VC 2.0，JOSE）"),
    "vc+cose": W("Verifiable credential (W3C VC 2.0, COSE)", "可验证凭证（W3C VC 2.0，COSE）"),
    "vc+sd-jwt": W("Verifiable credential with facts kept back (SD-JWT)", "可选择披露的可验证凭证（SD-JWT）"),
    "dc+sd-jwt": W("Credential with facts kept back (SD-JWT VC)", "可选择披露的凭证（SD-JWT VC）"),
    "cwt": W("Code on paper (CWT)", "纸面二维码（CWT）"),
    "pdf": W("Paper (PDF)", "纸质证书文件（PDF）"),
    "xml": W("Electronic phytosanitary certificate (ePhyto, XML)", "电子植物检疫证书（ePhyto，XML）"),
    "number": W("Number", "证书编号"),
    "unknown": W("Nothing that we can read", "无法识别的内容"),
}
NAMES = {
    "form": W("Form", "格式"),
    "signature": W("Signature", "签名"),
    "inside": W("Signature within the file", "文件内签名"),
    "issuer": W("Issuer", "签发机构"),
    "scope": W("Scope of the issuer", "签发机构的权限范围"),
    "time": W("Validity", "有效期"),
    "status": W("Present state", "当前状态"),
    "subject": W("Match with the goods", "与货物相符"),
    "elsewhere": W("Used for other goods", "用于其他货物"),
}
RESULTS = {
    "passed": W("Passed", "通过"),
    "failed": W("Failed", "未通过"),
    "open": W("Not checked", "未核查"),
}
VERDICTS = {
    "valid": W("This certificate is genuine and valid", "该证书真实有效"),
    "state-unknown": W("Genuine, but its present state is not known", "证书真实，但当前状态未知"),
    "suspended": W("Do not rely on it. Suspended.", "请勿采信：已暂停。"),
    "revoked": W("Do not rely on it. Revoked.", "请勿采信：已撤销。"),
    "replaced": W("Do not rely on it. Replaced by another one.", "请勿采信：已由另一证书替代。"),
    "expired": W("Genuine, but its validity is over", "证书真实，但已过有效期"),
    "early": W("Genuine, but not valid yet", "证书真实，但尚未生效"),
    "out-of-scope": W("Genuine, but not good for this", "证书真实，但不适用于此处"),
    "unknown-issuer": W("We do not know the issuer", "签发机构未知"),
    "unproven": W("Nothing in it proves who made it", "文件本身无法证明由谁出具"),
    "invalid": W("We cannot confirm this certificate", "无法确认该证书"),
}
TONES = {
    "valid": "ok", "state-unknown": "doubt", "suspended": "bad", "revoked": "bad", "replaced": "bad",
    "expired": "doubt", "early": "doubt", "out-of-scope": "doubt", "unknown-issuer": "doubt", "unproven": "doubt",
    "invalid": "bad",
}  # fmt: skip
SENTENCES = {
    "readable": W("It can be read, and follows the rules of its form.", "可以读取，并符合其格式规则。"),
    "unreadable": W("It is no certificate of a form that we know.", "不是我们所知格式的证书。"),
    "too-large": W("It is larger than any certificate.", "文件过大，不是证书。"),
    "other-form": W("It breaks the rules of its form.", "不符合其格式规则。"),
    "no-code": W("There is no code in this picture that we can read.", "图片中没有可识别的二维码。"),
    "unknown-number": W("We did not issue a certificate with this number.", "我们没有签发过该编号的证书。"),
    "signed": W("The issuer's key signed exactly this.", "签发机构的密钥对该内容签名，未被改动。"),
    "signed-before": W(
        "The issuer's key signed exactly this. That key was retired on {day}.",
        "签发机构的密钥对该内容签名，未被改动；该密钥已于 {day} 停用。",
    ),
    "registered": W(
        "Others know the key of this signature since {day}. Our register has exactly this, so it is genuine.",
        "该签名所用密钥自 {day} 起已泄露；登记册中有完全相同的内容，因此属实。",
    ),
    "leaked-key": W(
        "Signed with a key of ours that others know, and not in our register. Do not rely on it.",
        "由已泄露的密钥签名，且登记册中没有该内容，请勿采信。",
    ),
    "same-paper": W("Byte for byte the paper that was signed.", "与所签发的文件逐字节一致。"),
    "added-paper": W(
        "Something was added to our paper after it was signed. What a reader shows may not be what we signed.",
        "文件签发后被添加了内容，所见内容未必是所签发的内容。",
    ),
    "unregistered-paper": W(
        "It bears a signature of ours that holds, but our register has no such file. Do not rely on it.",
        "文件带有我方有效签名，但登记册中没有该文件，请勿采信。",
    ),
    "inside-holds": W(
        "The signature within the file (PAdES) holds as well and leads to our authority.",
        "文件内签名（PAdES）同样有效，并可追溯至我方签发机构。",
    ),
    "inside-other": W(
        "The signature within the file (PAdES) does not lead to our present authority; the register has this file.",
        "文件内签名（PAdES）不能追溯至现用签发机构；登记册中有该文件。",
    ),
    "inside-leaked": W(
        "Others know the key of the signature within the file since {day}; the register has exactly this file.",
        "文件内签名所用密钥自 {day} 起已泄露；登记册中有完全相同的文件。",
    ),
    "inside-added": W(
        "It holds for the beginning of the file, which is our paper, and not for what follows.",
        "该签名仅对文件前部（即我方签发的文件）有效，对其后添加的内容无效。",
    ),
    "forged": W(
        "The signature does not match the content. Someone changed it, or somebody else made it.",
        "签名与内容不符：内容被改动，或为他人伪造。",
    ),
    "changed-paper": W(
        "This file is not a certificate as we made it. It may have been changed or saved anew.",
        "该文件与我们生成的证书不一致，可能已被改动或重新保存。",
    ),
    "other-content": W("Not what was signed under this number.", "与此编号所签发的证书内容不同。"),
    "number-only": W(
        "A number has no signature. Compare the facts with the paper.", "编号本身没有签名，请与纸面内容核对。"
    ),
    "unsigned-form": W("This form carries no signature of its own.", "该格式本身不带签名。"),
    "paper-unsigned": W("The paper carries no signature that a program could check.", "该文件不带可由程序核查的签名。"),
    "paper-untrusted": W(
        "The paper is signed, by nobody whose certificate is on the trust list.",
        "文件已签名，但签名证书不在可信名单内。",
    ),
    "paper-changed": W("The paper was changed after it was signed.", "文件在签名后被改动。"),
    "paper-unreadable": W("The paper's signature cannot be read.", "无法读取文件中的签名。"),
    "no-key": W("Without the issuer's key the signature cannot be checked.", "没有签发机构的密钥，无法核查签名。"),
    "we-issued": W("Issued by us.", "由我们签发。"),
    "trusted": W("On the trust list: {name}.", "在可信名单内：{name}。"),
    "not-trusted": W("{name} is not on the trust list.", "{name} 不在可信名单内。"),
    "no-longer-trusted": W("{name} was on the trust list and is not any more.", "{name} 已被移出可信名单。"),
    "in-scope": W("The issuer is trusted for this kind of certificate.", "签发机构可签发此类证书。"),
    "other-kind": W("The issuer is not trusted for this kind of certificate.", "签发机构无权签发此类证书。"),
    "in-time": W("Within its validity.", "在有效期内。"),
    "no-end": W("It names no end of its validity.", "未注明有效期限。"),
    "expired": W("The validity is over.", "已过有效期。"),
    "early": W("The validity has not begun.", "尚未生效。"),
    "holds": W("Neither suspended nor revoked.", "未被暂停或撤销。"),
    "draft": W("It is a draft, not issued yet.", "仅为草稿，尚未签发。"),
    "revoked": W("The issuer has revoked it.", "签发机构已撤销。"),
    "replaced": W("Another certificate has replaced it.", "已由另一证书替代。"),
    "suspended": W("The issuer has suspended it.", "签发机构已暂停。"),
    "status-none": W("It names no place where its state is published.", "未注明公布状态的地址。"),
    "status-unfetched": W("The issuer's list of states has not been fetched yet.", "尚未取得签发机构的状态名单。"),
    "status-old": W("The issuer's list of states is too old to rely on.", "签发机构的状态名单已过时。"),
    "status-elsewhere": W(
        "Its state is published at an address that is not on the trust list. We do not ask there.",
        "其状态公布地址不在可信名单内，我们不访问该地址。",
    ),
    "status-unreadable": W("The issuer's list of states cannot be read.", "无法读取签发机构的状态名单。"),
    "goods-match": W("Origin and goods are within the issuer's scope.", "原产地和货物在签发机构权限范围内。"),
    "other-origin": W("The issuer is not trusted for goods from {origin}.", "签发机构无权为来自{origin}的货物签发。"),
    "other-goods": W("The issuer is not trusted for goods of heading {hs}.", "签发机构无权为税号 {hs} 的货物签发。"),
    "other-country": W("It is about goods from {country}.", "证书所述货物来自{country}。"),
    "about-other-goods": W("It is about goods of heading {hs}.", "证书所述货物的税号为 {hs}。"),
    "no-goods": W("No goods to compare with.", "没有可供比对的货物。"),
    "only-here": W("Not attached to other goods.", "未用于其他货物。"),
    "elsewhere": W("Also attached to other goods.", "也被用于其他货物。"),
}
