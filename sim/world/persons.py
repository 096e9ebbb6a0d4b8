"""Columns of a person (家庭成员)."""

from sim.world.codes import Education, Ethnicity, Job, Relation, School, Skill
from sim.world.columns import column

__all__ = ["PERSONS"]

P = "person"
PERSONS = (
    column(P, "id", "u8", "1", "identity, independent of the scenario", "人编号", code="aab001"),
    column(P, "household", "i4", "row", "row of the household", "户编号", code="aac001", start=-1),
    column(P, "alive", "u1", "flag", "1 while the person lives; 0 is an unused row", "在世"),
    column(P, "age", "i2", "months", "age", "年龄", code="aab005"),
    column(P, "female", "u1", "flag", "1 for a woman or girl", "性别", code="aab003"),
    column(P, "relation", "i1", "code", "relation to the head", "与户主关系", code="aab006", codes=Relation),
    column(P, "ethnicity", "i1", "code", "ethnic group", "民族", code="aab007", codes=Ethnicity),
    column(P, "education", "i1", "code", "highest schooling reached", "文化程度", code="aab008", codes=Education),
    column(P, "school", "i1", "code", "where in school, or dropped out", "在校生状况", code="aab009", codes=School),
    column(P, "skill", "i1", "code", "ability to work", "劳动技能", code="aab010", codes=Skill),
    column(P, "married", "u1", "flag", "1 if married", "婚姻状况"),
    column(P, "births", "i1", "1", "children born so far (the draw index of the next)", "生育数"),
    column(P, "chronic", "u1", "flag", "has a long-term illness", "长期慢性病", code="aab017"),
    column(P, "serious", "u1", "flag", "has a serious illness now (大病)", "大病", code="aab017", report="share"),
    column(P, "disability", "i1", "grade", "disability grade, 0 none, 1 (worst) to 4", "残疾等级", code="aab017"),
    column(P, "sick_months", "i1", "months", "months of the present spell still to come", "病程剩余月数"),
    column(P, "admitted", "u1", "flag", "in hospital this month", "本月住院"),
    column(P, "bill", "i4", "fen", "hospital and clinic bill of this month", "本月医疗费"),
    column(P, "forgone", "u1", "flag", "needed care this month and did not seek it", "应治未治"),
    column(P, "insured", "u1", "flag", "in basic resident insurance", "城乡居民基本医疗保险", code="aab013"),
    column(P, "bill_year", "i4", "fen", "compliant inpatient cost since January", "年累计合规费用"),
    column(P, "own_year", "i4", "fen", "paid by the patient since January", "年累计自付"),
    column(P, "family_doctor", "u1", "flag", "has a family-doctor contract", "家庭医生签约"),
    column(P, "job", "i1", "code", "what the person mainly does this month", "务工状况", code="aab011", codes=Job),
    column(P, "job_months", "i2", "months", "months in this job, or without one", "当前就业月数"),
    column(P, "months_worked", "i1", "months", "months in paid work since January", "务工时间", code="aab012"),
    column(P, "wage", "i4", "fen/month", "monthly wage of the present job at full work", "月工资"),
    column(P, "earnings", "f4", "ratio", "lasting part of earning power, relative to equals", "个人工资因子", start=1.0),
    column(P, "certificate", "u1", "flag", "has a vocational certificate", "职业技能证书", report="share"),
    column(P, "training", "i1", "months", "months of training still to come", "培训剩余月数"),
    column(P, "organised", "u1", "flag", "was placed by organised labour transfer", "有组织输转"),
    column(P, "ranger", "u1", "code", "paid to look after forest (1) or grassland (2)", "护林护草员"),
    column(P, "pension", "u1", "flag", "draws the basic resident pension", "城乡居民基本养老保险", code="aab014"),
)  # fmt: skip
