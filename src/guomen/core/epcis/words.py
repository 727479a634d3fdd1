"""What the rules of documents say in Chinese, by what they say in English."""

from __future__ import annotations

_LINES = """
must be XML | 须为 XML
must be XML ({why}) | 须为 XML({why})
must be JSON ({why}) | 须为 JSON({why})
must be a URI | 须为 URI
must be a text | 须为文本
must be a list | 须为列表
must be a list of events | 须为事件列表
must be an object | 须为对象
must be a number | 须为数字
must be a number of ordinary size | 须为大小正常的数字
must hold numbers of ordinary size | 其中的数字须大小正常
must be true or false | 须为 true 或 false
must be ADD, OBSERVE or DELETE | 须为 ADD、OBSERVE 或 DELETE
must be hexadecimal digits | 须为十六进制数字
must be present | 不能缺少
must be one of {names} | 须为 {names} 之一
must be an offset from UTC such as +08:00, up to 14:00 | 须为与 UTC 的时差,例如 +08:00,最大 14:00
must be a unit code of UN/ECE Recommendation 20, two or three characters | 须为 UN/ECE 第 20 号建议书的计量单位代码,2 至 3 个字符
must be a date and time with a zone, such as 2026-01-31T08:00:00+08:00 | 须为带时区的日期和时间,例如 2026-01-31T08:00:00+08:00
must be a right GS1 key ({why}) | 须为正确的 GS1 标识({why})
must be a standard name of CBV 2.0 or a URI of your own vocabulary | 须为 CBV 2.0 的标准名称或自有词汇的 URI
must be a name of the GS1 Web Vocabulary or a URI | 须为 GS1 Web Vocabulary 的名称或 URI
must be a field of the standard, which takes no extensions here | 须为标准字段,此处不允许扩展字段
must be a field of the standard or have a namespace prefix | 须为标准字段或带有命名空间前缀
must have a namespace prefix | 须带有命名空间前缀
must use a namespace prefix that the @context declares | 须使用 @context 中声明的命名空间前缀
must name the EPCIS context | 须包含 EPCIS 的 @context
must be a version of EPCIS 2 | 须为 EPCIS 2 的版本号
must be EPCISDocument or EPCISQueryDocument | 须为 EPCISDocument 或 EPCISQueryDocument
must be an EPCISDocument, EPCISQueryDocument or EPCISMasterDataDocument | 须为 EPCISDocument、EPCISQueryDocument 或 EPCISMasterDataDocument
must not declare more than {most} terms | 声明的术语不得超过 {most} 个
must not have more than {most} namespaces | 命名空间不得超过 {most} 个
must not have more than {most} elements | 元素不得超过 {most} 个
must not be longer than {most} bytes | 长度不得超过 {most} 字节
must not be nested deeper than {most} elements | 元素嵌套不得超过 {most} 层
must not hold more than {most} values in its extensions | 扩展字段的取值不得超过 {most} 个
must not be nested deeper than {most} levels | 嵌套不得超过 {most} 层
must not have a document type declaration | 不得含有文档类型声明
must have no field but {names} | 只能含有字段 {names}
must have at least one field | 至少须有一个字段
must match some day | 须能对应某一天
must be numbers from {low} to {high} or ranges such as [{low}-{high}], separated by commas | 须为 {low} 至 {high} 的数字或 [{low}-{high}] 之类的范围,以逗号分隔
an ObjectEvent needs an epcList, a quantityList or a sensorElementList | ObjectEvent 须有 epcList、quantityList 或 sensorElementList
an ObjectEvent carries ILMD only when its action is ADD | ObjectEvent 仅在 action 为 ADD 时可带 ILMD
an {type} with action {action} needs a parentID | action 为 {action} 的 {type} 须有 parentID
an {type} with action {action} needs children | action 为 {action} 的 {type} 须有子项
a TransactionEvent needs a business transaction | TransactionEvent 须有业务单据
a TransactionEvent that is not a DELETE names what it is about | action 不为 DELETE 的 TransactionEvent 须指明所涉物品
a TransformationEvent needs inputs and outputs, or a transformationID | TransformationEvent 须有投入和产出,或 transformationID
a TransformationEvent needs inputs or outputs | TransformationEvent 须有投入或产出
needs set or unset | 须有 set 或 unset
"""  # noqa: E501  # one line for each
CHINESE: dict[str, str] = dict(line.split(" | ") for line in _LINES.strip().splitlines())
