"""What measures act on: quantities that many push and the rules of livelihood, shock and registry
read.

Each starts every month at zero, and zero means: as without any measure. A measure adds to it in
the province's or the county's part of the month (or in a block before the reader), in every month
in which it is to act; it never reads what others have pushed. The readers clip where a sum of many
would leave its range. So a new measure needs no change in the rule that it acts on.
"""

from sim.world.columns import Column, column

__all__ = ["PUSHES"]


def _village(name: str, unit: str, meaning: str, zh: str, report: str = "") -> Column:
    return column("village", name, "f4", unit, meaning, zh, combine="sum", report=report)


def _county(name: str, unit: str, meaning: str, zh: str, report: str = "") -> Column:
    return column("county", name, "f4", unit, meaning, zh, combine="sum", report=report)


PUSHES = (
    # farming
    _village("yield_gain", "share", "added to crop yields by measures", "措施增产率"),
    _village("price_gain", "share", "added to the farm-gate price of what is sold by measures", "措施提价率"),
    _village("outlay_cut", "share", "saved of the outlay for crops by measures", "生产成本下降率"),
    _village("loss_cut", "share", "of the crop lost to weather that measures save", "作物减损率"),
    _village("herd_gain", "share", "added to the income from animals by measures", "养殖增收率"),
    # work
    _village("local_jobs", "share", "added to the chance of a wage job nearby by measures", "就近就业机会增幅"),
    _village("pull_away", "log-odds", "added to the log-odds of going or staying away by measures", "外出倾向变化"),
    _village("carers_freed", "share", "of the hold of dependants on those who could work that measures lift", "照料负担减轻率"),
    _village("find_gain", "share", "added to the chance a month to find work by measures", "求职成功率增幅"),
    _village("aid_freed", "share", "of the hold of aid on work that measures lift", "救助依赖减轻率"),
    # school
    _village("dropout_cut", "share", "of the hazard to drop out that measures take away", "辍学风险下降率"),
    _village("school_back", "share", "added to the chance a month that a dropped-out child returns", "劝返率增幅"),
    _village("school_aid", "share", "of the cost of schooling of registered pupils that measures pay", "就学费用减免率"),
    _village("vocational_gain", "share", "added to the chance of vocational school after junior school, registered households", "中职升学率增幅"),
    _village("senior_gain", "share", "added to the chance of senior school after junior school by measures", "普通高中升学率增幅"),
    _village("preschool_gain", "share", "added to the chance a year to enter kindergarten by measures", "入园率增幅"),
    # health
    _village("incidence_cut", "share", "of the incidence of illness that measures prevent", "发病率下降率"),
    _village("care_gain", "log-odds", "added to the log-odds of seeking care by measures", "就医可及性变化"),
    # custom, disaster
    _village("custom_cut", "share", "of gifts, feasts and bride prices that measures do away with", "人情彩礼下降率"),
    _village("flood_cut", "share", "of flood and landslide damage that measures prevent", "洪涝滑坡减损率"),
    _village("water_firm", "share", "of failures of water supply that measures prevent", "供水故障减少率"),
    # what the state sees and reaches
    _village("takeup", "share", "added to the readiness to take up what is offered", "政策知晓与参与增幅", "mean"),
    _village("visit_hours", "hours/month", "of visits added by measures (below 0: taken away)", "走访工时变化", "mean"),
    _village("detect_gain", "share", "of what a visit overlooks that measures bring to light", "发现率增幅", "mean"),
    _village("work_hours", "hours/month", "of teams, helpers and reserve cadres that measures send to the village", "帮扶力量工时"),
    _village("search_gain", "ratio", "added to the share of poor households never registered that are looked at", "主动排查增幅", "mean"),
    _village("capture_cut", "log", "by which elite capture is rarer (log of the share kept away)", "精英俘获下降（对数）"),
    _county("focus", "ratio", "added to the attention to households poor by illness, disability, schooling or disaster", "重点户关注增幅", "mean"),
    _county("capacity", "share", "added to what the county's administration can carry through", "行政执行能力变化", "mean"),
    _county("lag_cut", "months", "by which approvals and company rules come sooner", "审批与配套时滞缩短", "mean"),
    _county("strict", "log", "by which false exits are rarer (log of the share kept away)", "退出严格程度", "mean"),
    _county("match_gain", "share", "of what data matching overlooks that measures bring to light", "数据比对增幅", "mean"),
    _county("error_cut", "share", "of errors of observation that measures take away", "识别误差下降率", "mean"),
    _county("solar_room", "share", "added to the number of solar stations that land allows", "光伏用地增幅", "mean"),
    _county("leak_cut", "share", "of leakage and waste that measures prevent", "资金漏损下降率"),
)  # fmt: skip
