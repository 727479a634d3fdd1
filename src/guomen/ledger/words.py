"""Entries that the ledger writes about itself."""

from guomen.kit.words import W

KINDS: dict[str, W] = {
    "log-key.added": W("New key of the log", "日志新增密钥"),
    "log-key.retired": W("Key of the log retired", "日志密钥已停用"),
}
