"""Small exports of registration that have no fault, as rows of text, and ways to write them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

Rows = list[list[str]]

RELATIONS = ("户主", "配偶", "之子", "之父")
NAMES = ("赵远志", "钱秀英", "孙小宝", "李守田")


def household(number: int, persons: int = 4, year: str = "2017") -> dict[str, str]:
    """A household without any fault: sums come out, codes are of the lists."""
    per_head = 4000 + 10 * number
    wage, business, cost = 7000, 8000, 4000
    transfer = per_head * persons - wage - business - 300 + cost
    values = {
        "省": "甘肃省", "市": "临夏回族自治州", "县": "东乡族自治县", "乡": "达板镇",
        "村": f"第{number % 3}村", "户编号": f"62292600010{number:05d}",
        "户主编号": f"62292600010{number:05d}01", "户主姓名": NAMES[0],
        "户主证件号码": document(number, 0), "家庭人口数": str(persons), "是否危房户": "否",
        "人均纯收入": f"{per_head}", "年收入": f"{wage + business + 300 + transfer}",
        "是否解决安全饮用水": "是", "年度": year, "村办公电话": "0930-7121234",
        "开户银行名称": "甘肃省农村信用社", "银行卡号": "6217003810012345675",
        "识别标准": "国家标准",
        "主要致贫原因": "因病", "次要致贫原因": "缺技术,缺资金", "工资性收入": str(wage),
        "生产经营性收入": str(business), "财产性收入": "300", "转移性收入": str(transfer),
        "计划生育金": "0", "低保金": "2400", "五保金": "0", "养老保险金": "1200",
        "生态补偿金": "300",
        "其他转移性收入": str(transfer - 3900), "生产经营性支出": str(cost),
        "纯收入": str(per_head * persons), "资产收益扶贫分红收入": "200", "其他财产性收入": "100",
        "耕地面积": "8.5", "水面面积": "0", "是否加入农民专业合作组织": "是", "退耕还林面积": "2",
        "林果面积": "1", "牧草地面积": "3", "林地面积": "2", "是否通生产用电": "是",
        "是否通生活用电": "是", "是否通广播电视": "是", "与村主干路距离": "1.2",
        "入户路类型": "水泥路",
        "住房面积": "90", "是否有卫生厕所": "否", "主要燃料类型": "煤炭", "危房级别": "A级",
        "是否有龙头企业带动": "否", "是否有创业致富带头人带动": "否",
    }  # fmt: skip
    return values


def document(number: int, which: int) -> str:
    """A made-up ID number of the right form; the first person's is a disability certificate."""
    return (
        f"622926{1970 + 7 * which + number % 5}0{1 + number % 9}15{number % 90:02d}{which + 1}X"
        + "42" * (not which)
    )


def members(number: int, persons: int = 4, year: str = "2017") -> list[dict[str, str]]:
    """The members of that household."""
    return [
        {
            "县": "东乡族自治县", "乡": "达板镇", "行政村": f"第{number % 3}村", "自然村": "一社",
            "户编号": f"62292600010{number:05d}", "人编号": f"62292600010{number:05d}{k + 1:02d}",
            "姓名": NAMES[k], "证件号码": document(number, k), "人数": str(persons),
            "与户主关系": RELATIONS[k], "民族": "东乡族", "文化程度": "小学",
            "在校生状况": "非在校生",
            "健康状况": "健康" if k else "长期慢性病,残疾", "劳动技能": "普通劳动力",
            "务工时间(月)": "6", "是否参加大病保险": "是", "致贫原因1": "因病", "危房户": "否",
            "是否解决安全饮用水": "是", "人均纯收入": f"{4000 + 10 * number}",
            "首次识别时间": "2013-12", "人员识别时间": "2013-12-31", "户类型": "脱贫户",
            "年度": year,
            "脱贫属性": "已脱贫", "脱贫年度": "2016", "贫困户属性": "一般贫困户",
            "联系电话": "13893012345",
        }
        for k in range(persons)
    ]  # fmt: skip


HOUSEHOLD = tuple(household(0))
MEMBER = tuple(members(0)[0])


def export(number: int = 12, year: str = "2017") -> tuple[Rows, Rows]:
    """Household rows and member rows, each with its header first, of `number` households."""
    first = [list(HOUSEHOLD)] + [_cells(household(k, 4, year), HOUSEHOLD) for k in range(number)]
    second = [list(MEMBER)] + [
        _cells(one, MEMBER) for k in range(number) for one in members(k, 4, year)
    ]
    return first, second


def _cells(values: dict[str, str], header: Sequence[str]) -> list[str]:
    return [values[name] for name in header]


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    """Write rows as CSV."""
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def write_xlsx(path: Path, rows: Rows, title: str = "Sheet1") -> Path:
    """Write rows as the only sheet of a workbook, all as text."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path
