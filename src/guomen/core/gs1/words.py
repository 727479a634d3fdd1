"""What each code of GS1Error says, in English and Chinese, as a clause that stands in a sentence.

One line for each: code, or code and variant; English; Chinese. ``{ai}`` and the like are filled in.
"""

from __future__ import annotations

from collections.abc import Iterator

_LINES = """
BAD_EPC | not a right EPC | EPC 有误
BAD_EPC prefix | the company prefix of an EPC has 6 to 12 digits | EPC 的厂商识别代码应为 6 至 12 位
BAD_EPC pieces | piece and total of an EPC have two digits each | EPC 的件号和总件数各为 2 位
BAD_EPC parts | the EPC has a wrong number of parts | EPC 的组成部分数量不对
BAD_EPC reference | the EPC has an empty reference | EPC 的参考代码为空
BAD_EPC digits | company prefix and reference have {digits} digits together | 厂商识别代码与参考代码合计应为 {digits} 位
BAD_EPC too-short | the EPC is too short | EPC 过短
BAD_EPC number | a number of the EPC is too large for its digits | EPC 中有数字超出其位数
BAD_EPC after-text | something stands after the end of a text in the EPC | EPC 的文本结束后仍有内容
BAD_EPC part-number | the EPC has a character that no part number has | EPC 含有部件号不允许的字符
BAD_EPC after-end | something stands after its end | EPC 结束后仍有内容
BAD_EPC partition | there is no such partition | EPC 的分区值不存在
BAD_EPC serial | a serial of digits starts after a one | EPC 的数字序列号之前应有一位 1
BAD_EPC reserved | reserved bits are not zero | EPC 的保留位不为零
BAD_EPC date | there is no such kind of date | EPC 的日期类型不存在
BAD_EPC nibble | neither a digit nor the end of digits | EPC 中应为数字或数字结束标记
BAD_EPC no-digit | something else stands where a digit belongs | EPC 中应为数字
BAD_EPC longest | a part is longer than its longest | EPC 中有部分超过最大长度
BAD_EPC encoding | there is no such encoding of a text | EPC 的文本编码不存在
BAD_EPC filling | a filling character stands inside of a text | EPC 的文本中夹有填充字符
BAD_EPC three | these are no three characters | EPC 中的三字符编码有误
BAD_FILTER | a filter value is from 0 to 7 | 过滤值应为 0 至 7
BAD_PATTERN | not a pure identity pattern, whose stars stand last: {urn} | 不是 EPC 模式(星号须位于末尾):{urn}
BAD_PREFIX_LENGTH | a company prefix has 6 to 12 digits here | 此处厂商识别代码应为 6 至 12 位
BAD_QUALIFIER | ({ai}) cannot stand here after ({key}) | ({ai}) 不能位于 ({key}) 之后
BAD_QUALIFIER first | only one primary key, and it stands first | 主标识只能有一个,且须位于最前
DATE_TOO_LONG | the date is too long | 日期过长
DATE_TOO_SHORT | the date is too short | 日期过短
EMPTY_ELEMENT_STRING | nothing was scanned | 扫描内容为空
EMPTY_VALUE | ({ai}) has no value | ({ai}) 没有值
EXCLUDED_AI | ({ai}) cannot stand beside ({other}) | ({ai}) 不能与 ({other}) 同时出现
GCP_DATASOURCE_OFFLINE | the list of company prefixes cannot be asked now | 目前无法查询厂商识别代码名录
HOUR_TOO_LONG | the hour is too long | 小时过长
HOUR_TOO_SHORT | the hour is too short | 小时过短
HOUR_WITH_MINUTE_TOO_LONG | hour and minute are too long | 时分过长
HOUR_WITH_MINUTE_TOO_SHORT | hour and minute are too short | 时分过短
IBAN_TOO_LONG | the IBAN is too long | IBAN 过长
IBAN_TOO_SHORT | the IBAN is too short | IBAN 过短
ILLEGAL_DAY | there is no such day | 日期中的日不存在
ILLEGAL_HOUR | there is no such hour | 小时不存在
ILLEGAL_IBAN_COUNTRY_CODE | the IBAN begins with no code of a country | IBAN 的国家代码不存在
ILLEGAL_MINUTE | there is no such minute | 分钟不存在
ILLEGAL_MONTH | there is no such month | 月份不存在
ILLEGAL_SECOND | there is no such second | 秒不存在
ILLEGAL_ZERO_PREFIX | it must not begin with a zero | 不能以零开头
ILLEGAL_ZERO_VALUE | it must not be zero | 不能为零
IMPORTER_IDX_MUST_BE_ONE_CHARACTER | the importer index is one character | 进口商索引应为一个字符
INCORRECT_CHECK_DIGIT | the check digit is wrong | 校验位错误
INCORRECT_CHECK_PAIR | the check characters are wrong | 校验字符错误
INCORRECT_IBAN_CHECKSUM | the check digits of the IBAN are wrong | IBAN 的校验位错误
INVALID_BIOLOGICAL_SEX_CODE | there is no such code of a sex | 性别代码不存在
INVALID_CSET39_CHARACTER | a character is not one of the 39 that are allowed | 含有 39 字符集以外的字符
INVALID_CSET64_CHARACTER | a character is not one of the 64 that are allowed | 含有 64 字符集以外的字符
INVALID_CSET64_PADDING | the equals signs at its end are wrong | 末尾的填充等号有误
INVALID_CSET82_CHARACTER | a character is not one of the 82 that are allowed | 含有 82 字符集以外的字符
INVALID_GCP_PREFIX | it does not begin with a company prefix of GS1 | 不是以 GS1 厂商识别代码开头
INVALID_IBAN_CHARACTER | the IBAN has a character that is none of its | IBAN 含有不允许的字符
INVALID_IMPORT_IDX_CHARACTER | the importer index is a letter, digit, hyphen or underscore | 进口商索引只能是字母、数字、连字符或下划线
INVALID_LATITUDE | there is no such latitude | 纬度超出范围
INVALID_LENGTH_FOR_PIECE_OF_TOTAL | piece and total have equally many digits | 件号与总件数的位数应相同
INVALID_LONGITUDE | there is no such longitude | 经度超出范围
INVALID_MEDIA_TYPE | there is no such type of media | 介质类型不存在
INVALID_PACKAGE_TYPE | there is no such type of package | 包装类型不存在
INVALID_PERCENT_SEQUENCE | a percent sign is not followed by two hexadecimal digits | 百分号后应为两位十六进制数字
INVALID_WINDING_DIRECTION | there is no such winding direction | 卷绕方向代码不存在
LATITUDE_INVALID_LENGTH | a latitude has ten digits | 纬度应为 10 位数字
LONGITUDE_INVALID_LENGTH | a longitude has ten digits | 经度应为 10 位数字
MINUTE_TOO_LONG | the minute is too long | 分钟过长
MINUTE_TOO_SHORT | the minute is too short | 分钟过短
MISSING_AI | ({ai}) needs {wanted} beside it | ({ai}) 须与 {wanted} 同时出现
MISSING_VALUE | ({ai}) has no value | ({ai}) 没有值
NON_DIGIT_CHARACTER | it has a character that is no digit | 含有非数字字符
NOT_AN_ATTRIBUTE | ({ai}) is not allowed in the query | ({ai}) 不允许出现在查询部分
NOT_AN_ATTRIBUTE place | ({ai}) has no place in a link for ({key}) | ({ai}) 不能用于 ({key}) 的链接
NOT_AN_ATTRIBUTE query | a thing is named without a query | 物品标识不能带查询部分
NOT_AN_EPC | not an EPC URN that names a GS1 key: {urn} | 不是代表 GS1 标识的 EPC URN:{urn}
NOT_A_DIGITAL_LINK | not a web address with a path | 不是带路径的网址
NOT_A_DIGITAL_LINK key | no GS1 primary key stands in the path | 路径中没有 GS1 主标识
NOT_HEX | an EPC is given in hexadecimal digits | EPC 应以十六进制数字给出
NOT_HYPHEN | it must be a hyphen | 应为连字符
NOT_ISO3166 | there is no such number of a country | 国家数字代码不存在
NOT_ISO3166_ALPHA2 | there is no such code of a country | 国家字母代码不存在
NOT_ISO3166_OR_999 | it is neither the number of a country nor 999 | 不是国家数字代码或 999
NOT_ISO4217 | there is no such number of a currency | 货币数字代码不存在
NOT_ZERO | it must be zero | 应为零
NOT_ZERO_OR_ONE | it must be 0 or 1 | 应为 0 或 1
NO_EPC | ({ai}) has no EPC scheme | ({ai}) 没有对应的 EPC 方案
NO_EPC encoding | {urn} cannot be encoded | {urn} 无法编码
NO_EPC scheme | {urn} cannot be encoded as {scheme} | {urn} 无法以 {scheme} 编码
NO_EPC lacks | this encoding holds {wanted} | 此编码须含 {wanted}
NO_EPC date | this encoding holds a date: one of {wanted} | 此编码须含一个日期:{wanted} 之一
NO_EPC serial | ({ai}) without a serial names no single thing | ({ai}) 没有序列号,不代表单件物品
NO_PRIMARY_KEY | no application identifier is a primary key of GS1 Digital Link | 其中没有 GS1 数字链接的主标识
PIECE_NUMBER_EXCEEDS_TOTAL | the piece is beyond the total | 件号大于总件数
POSITION_EXCEEDS_END | the position is beyond the end | 位置序号大于总数
POSITION_IN_SEQUENCE_MALFORMED | a position is written as 1/3 | 位置应写作 1/3 的形式
REPEATED_AI | an application identifier appears twice | 应用标识符重复出现
REPEATED_AI values | ({ai}) appears twice with different values | ({ai}) 出现两次且取值不同
REQUIRES_NON_DIGIT_CHARACTER | it needs a character that is no digit | 须含有非数字字符
SECOND_TOO_LONG | the second is too long | 秒过长
SECOND_TOO_SHORT | the second is too short | 秒过短
TOO_LONG | it is too long | 过长
TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION | it is too long to have check characters | 过长,无法计算校验字符
TOO_SHORT | it is too short | 过短
TOO_SHORT_FOR_CHECK_PAIR | it is too short to have check characters | 过短,没有校验字符
TOO_SHORT_FOR_GCP | it is too short to have a company prefix | 过短,不含厂商识别代码
TRAILING_SEPARATOR | a separator stands where nothing follows | 末尾有多余的分隔符
UNKNOWN_AI | there is no application identifier {name} | 应用标识符 {name} 不存在
UNKNOWN_AI here | no application identifier stands here | 此处没有应用标识符
UNKNOWN_EPC_HEADER | there is no such encoding of an EPC: {header} | EPC 编码头 {header} 不存在
UNKNOWN_PREFIX_LENGTH | GS1's list has no company prefix for ({ai}) {key} | GS1 名录中没有 ({ai}) {key} 的厂商识别代码
ZERO_PIECE_NUMBER | the piece is number zero | 件号为零
ZERO_TOTAL_PIECES | the total is zero | 总件数为零
COUPON_EXCESS_DATA | something stands after the end of the coupon | 优惠券代码结束后仍有内容
COUPON_EXPIRATION_BEFORE_START | the coupon expires before it starts | 优惠券的截止日期早于开始日期
COUPON_INVALID_EXIPIRATION_DATE | the coupon's expiration date is wrong | 优惠券的截止日期有误
COUPON_INVALID_START_DATE | the coupon's start date is wrong | 优惠券的开始日期有误
COUPON_TOO_SHORT_FOR_EXPIRATION_DATE | the coupon's expiration date is cut off | 优惠券的截止日期不完整
COUPON_TOO_SHORT_FOR_START_DATE | the coupon's start date is cut off | 优惠券的开始日期不完整
"""  # noqa: E501  # one line for each
_COUPON_FIELDS = """
ADDITIONAL_PURCHASE_RULES_CODE | code of additional purchases | 附加购买规则代码
DONT_MULTIPLY_FLAG | mark against multiplying | 不可翻倍标记
FORMAT_CODE | format code | 格式代码
FUNDER | funder | 出资方代码
GCP | company prefix | 厂商识别代码
OFFER_CODE | offer code | 优惠代码
RETAILER_GCP_OR_GLN | retailer | 零售商代码
SAVE_VALUE | value | 优惠金额
SAVE_VALUE_APPLIES_TO_ITEM | item that the value applies to | 优惠适用项
SAVE_VALUE_CODE | code of the value | 优惠金额代码
SERIAL_NUMBER | serial number | 序列号
STORE_COUPON_FLAG | mark of a store's own coupon | 门店优惠券标记
"""
_PURCHASES = {"1ST": ("first", "第一"), "2ND": ("second", "第二"), "3RD": ("third", "第三")}
_PURCHASE_FIELDS = """
GCP | company prefix | 厂商识别代码
REQUIREMENT | requirement | 购买要求
REQUIREMENT_CODE | code of the requirement | 购买要求代码
FAMILY_CODE | family code | 家族代码
"""
_COUPON_FAULTS = {
    "COUPON_MISSING_{}": ("is missing", "缺失"),
    "COUPON_INVALID_{}": ("is wrong", "有误"),
    "COUPON_TRUNCATED_{}": ("is cut off", "不完整"),
    "COUPON_MISSING_{}_VLI": ("has no length", "缺少长度"),
    "COUPON_INVALID_{}_LENGTH": ("has a wrong length", "长度有误"),
}

Said = tuple[str, str]


def _rows(lines: str) -> Iterator[tuple[str, str, str]]:
    for line in lines.strip().splitlines():
        name, english, chinese = line.split(" | ")
        yield name, english, chinese


def _coupons() -> Iterator[tuple[str, Said]]:
    fields = list(_rows(_COUPON_FIELDS))
    for which, (english, chinese) in _PURCHASES.items():
        fields += [
            (f"{which}_PURCHASE_{name}", f"{en} of the {english} purchase", f"{chinese}次购买的{zh}")
            for name, en, zh in _rows(_PURCHASE_FIELDS)
        ]
    for name, english, chinese in fields:
        for code, (fault, fault_zh) in _COUPON_FAULTS.items():
            yield code.format(name), (f"the coupon's {english} {fault}", f"优惠券的{chinese}{fault_zh}")


WORDS: dict[str, Said] = {
    **dict(_coupons()),
    **{name: (english, chinese) for name, english, chinese in _rows(_LINES)},
}
"""By code, or code and variant with a space between: English and Chinese."""
