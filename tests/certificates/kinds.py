"""Facts that are right and complete, one set for each kind of certificate."""

from typing import Any

from guomen.kit.words import W

GOODS = {"goods": W("Frozen beef", "冷冻牛肉"), "quantity": {"value": "24000", "unit": "KGM"}, "origin": "NZ"}
DECISION = {"decision": W("Meets the requirements.", "符合要求。")}
FAULT = {
    "item": W("Lead", "铅"),
    "found": "0.9 mg/kg",
    "required": W("at most 0.5 mg/kg", "不超过 0.5 mg/kg"),
    "standard": "GB 2762-2022",
}
TREATED = {
    "type": "FUM",
    "chemical": "Methyl bromide",
    "concentration": {"value": "48", "unit": "A93"},
    "temperature": {"value": "21", "unit": "CEL"},
    "duration": {"value": "24", "unit": "HUR"},
    "date": "2026-11-20",
}
PLANT = {
    "produce": W("Bananas", "香蕉"),
    "botanical": "Musa acuminata",
    "net": {"value": "18400.5", "unit": "KGM"},
    "origin": "EC",
    "region": "El Oro",
    "packages": 1000,
    "package_kind": "CT",
    "hs_code": "0803901000",
}
PACKAGING: dict[str, Any] = {
    "packaging_kind": W("Fibreboard box 400 × 300 × 250 mm", "瓦楞纸箱 400×300×250 毫米"),
    "un_mark": "4G/Y20/S/26/CN/C231234 PI:012",
    "packaging_lot": "P-2026-07",
    "packaging_maker": "C231234",
    "packages": 5000,
    "produced_on": "2026-07-01",
    "matter": "solid",
    "standard": "SN/T 0370.2-2021",
}
USE: dict[str, Any] = {
    "goods": W("Fireworks", "烟花"),
    "performance": "PP-2026-000001-AAAAAA",
    "packages": 1200,
    "un_number": "UN0336",
    "hazard_class": "1.4G",
    "packing_group": "II",
    "gross_each": {"value": "18.5", "unit": "KGM"},
}
WHOLE: dict[str, dict[str, Any]] = {
    "11": GOODS | DECISION | {"standard": "GB/T 17238-2022", "grade": "A"},
    "12": {
        "goods": GOODS["goods"],
        "net_weight": {"value": "24.01", "unit": "TNE"},
        "gross_weight": {"value": "25100", "unit": "KGM"},
        "weighed": "scale",
    },
    "13": GOODS | {"weighed": "counted"},
    "14": GOODS | DECISION | {"species": "Bos taurus", "maker_number": "ME42", "origin": "NZ"},
    "15": GOODS | DECISION,
    "16": GOODS | DECISION | {"maker": "Southern Meat Ltd"},
    "17": DECISION
    | {
        "species": "Equus caballus",
        "animals": 2,
        "identification": "UELN 554001000123456, 554001000123457",
        "origin": "NZ",
        "quarantined_from": "2026-10-01",
        "quarantined_until": "2026-10-30",
    },
    "18": {
        "exporter": W("Green Fruit Co., Guayaquil", "绿果公司，瓜亚基尔"),
        "consignee": W("Harbour Imports, Shanghai", "海港进口有限公司，上海"),
        "export_country": "EC",
        "import_country": "CN",
        "entry_point": "Yangshan",
        "transport": "2",
        "conveyance": "EVER GIVEN 011E",
        "marks": "GF 1-1000",
        "plants": [PLANT],
        "treatments": [TREATED],
        "additional": W("Free from Fusarium wilt TR4.", "未发现香蕉枯萎病菌热带第4型。"),
    },
    "19": {"goods": GOODS["goods"], "quantity": GOODS["quantity"], "treatments": [TREATED]},
    "20": GOODS | DECISION | {"standard": "GB/T 17238-2022"},
    "21": GOODS | DECISION,
    "22": {"goods": GOODS["goods"], "quantity": GOODS["quantity"], "faults": [FAULT]},
    "23": {"container": "CSQU3054383", "fit": "food", "inspected_on": "2026-11-20"},
    "98": {"goods": GOODS["goods"], "statement": W("The goods were seen on the vehicle.", "货物在车上查看。")},
    "99": GOODS | DECISION,
    "NC": GOODS | {"faults": [FAULT], "law": W("Food Safety Law, article 92", "《食品安全法》第九十二条")},
    "TN": GOODS | {"faults": [FAULT], "measure": "destroy", "until": "2026-12-20", "law": "GB 2762-2022"},
    "PP": PACKAGING,
    "PU": USE,
    "LR": {
        "goods": GOODS["goods"],
        "sample": "S-2026-17",
        "received_on": "2026-11-01",
        "tested_on": "2026-11-03",
        "tests": [{"test": W("Lead", "铅"), "found": "0.02 mg/kg", "limit": "0.5 mg/kg", "within": True}],
    },
    "CD": {
        "goods": GOODS["goods"],
        "standard": "GB 2707-2016",
        "statement": W("These goods conform to the standard.", "上述货物符合该标准。"),
    },
    "RC": {
        "goods": GOODS["goods"],
        "recall": "R2026-00001",
        "recall_batches": "B-1, B-2",
        "sold": {"value": "500", "unit": "CA"},
        "recovered": {"value": "480", "unit": "CA"},
        "recall_ended_on": "2026-11-20",
        "disposal": W("Destroyed under supervision.", "在监督下销毁。"),
    },
}
