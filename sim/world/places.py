"""Columns of natural villages, villages, townships and counties."""

from sim.world.codes import Terrain
from sim.world.columns import column
from sim.world.pushes import PUSHES

__all__ = ["PLACES"]

N, V, T, C = "natural", "village", "township", "county"
PLACES = (
    column(N, "id", "u8", "1", "identity", "自然村编号"),
    column(N, "village", "i4", "row", "row of the administrative village", "所属行政村"),
    column(N, "households", "i4", "households", "registered households at the start", "总户数", code="aad044"),
    column(N, "harsh", "u1", "flag", "cannot feed its people where it is", "一方水土养不活一方人"),
    column(N, "road", "u1", "flag", "hardened road", "通硬化路", code="aad326"),
    column(V, "id", "u8", "1", "identity", "行政村编号"),
    column(V, "county", "i2", "row", "row of the county", "所属县"),
    column(V, "township", "i4", "row", "row of the township", "所属乡镇"),
    column(V, "first_person", "i4", "row", "first row of its persons", "村首人行"),
    column(V, "end_person", "i4", "row", "row after its last person, spare rows included", "村末人行"),
    column(V, "first_household", "i4", "row", "first row of its households", "村首户行"),
    column(V, "end_household", "i4", "row", "row after its last household, spare rows included", "村末户行"),
    column(V, "site", "u1", "flag", "1 for a resettlement site", "安置点"),
    column(V, "terrain", "i1", "code", "terrain class", "地形", codes=Terrain, start=1),
    column(V, "deep", "u1", "flag", "deep-poverty village by the plan's rule", "深度贫困村"),
    column(V, "poor_village", "u1", "flag", "registered poor village", "建档立卡贫困村"),
    column(V, "headcount_start", "f4", "share", "registered incidence at the end of 2016", "起始贫困发生率"),
    column(V, "distance", "f4", "km", "distance to the county seat", "距县城"),
    column(V, "clinic", "u1", "flag", "standard clinic", "标准化村卫生室"),
    column(V, "drought_risk", "f4", "ratio", "exposure to drought", "干旱暴露"),
    column(V, "hail_risk", "f4", "ratio", "exposure to hail", "冰雹暴露"),
    column(V, "flood_risk", "f4", "ratio", "exposure to floods and landslides", "洪水滑坡暴露"),
    column(V, "gift_norm", "f4", "ratio", "ceremony spending relative to the mean village", "人情风气", start=1.0),
    # weather of the year, written by disaster, read by farming
    column(V, "crop_factor", "f4", "ratio", "what is left of this year's crop after drought, hail and flood", "当年作物折损系数", start=1.0),
    column(V, "hit", "i1", "bits", "struck this month by 1 drought, 2 hail, 4 flood", "本月受灾"),
    # counted at the end of each month, read by next month
    column(V, "persons", "i4", "persons", "living registered members", "总人口", code="aad010"),
    column(V, "households", "i4", "households", "households", "总户数", code="aad044"),
    column(V, "migrants", "i4", "persons", "members working away", "外出务工人数", code="aad018"),
    column(V, "workers", "i4", "persons", "members able to work and not in school", "劳动力人数", code="aad017"),
    column(V, "registered_poor", "i4", "persons", "registered poor", "贫困人口", code="aad011"),
    # collective economy
    column(V, "workshop_places", "i4", "places", "work places in poverty workshops", "扶贫车间岗位"),
    column(V, "workshop_workers", "i4", "persons", "persons at work in them", "扶贫车间就业人数", report="total"),
    column(V, "posts", "i4", "places", "public-welfare posts funded", "公益岗位数"),
    column(V, "pv", "f4", "kW", "power of the village solar station", "光伏装机", report="mean"),
    column(V, "capital", "i8", "fen", "productive capital of the collective", "集体经营性资产"),
    column(V, "coop", "i1", "code", "cooperative: 0 none, 1 at work, 2 failed", "合作社"),
    column(V, "fund", "i8", "fen", "cash of the collective", "集体资金"),
    column(V, "collective_year", "i8", "fen", "collective income since January", "当年集体经济收入"),
    column(V, "collective_last", "i8", "fen", "collective income of the last full year", "上年集体经济收入"),
    column(V, "commissioner", "u1", "flag", "has a science-technology commissioner", "科技特派员"),
    column(V, "ecommerce", "u1", "flag", "e-commerce point at work", "电商服务点"),
    column(V, "team", "f4", "ratio", "hours of visits a household and month", "驻村走访能力"),
    column(V, "capture", "f4", "share", "of what is handed out in the village that goes to its leading families' own", "精英俘获程度", report="mean"),
    column(T, "code", "i4", "code", "nine-digit code", "乡镇代码"),
    column(T, "county", "i2", "row", "row of the county", "所属县"),
    column(T, "deep", "u1", "flag", "one of the plan's 40 townships", "深度贫困乡镇"),
    column(C, "code", "i4", "code", "six-digit code", "县代码"),
    column(C, "deep", "u1", "flag", "one of the 23 deep-poverty counties", "深度贫困县"),
    column(C, "yiqu_yizhou", "u1", "flag", "in 一区一州", "一区一州"),
    column(C, "sample", "f8", "share", "share of the county's people that is simulated", "抽样比"),
    column(C, "persons_start", "i8", "persons", "registered people simulated at the start", "起始人口"),
    column(C, "registered_start", "i8", "persons", "registered poor simulated at the start", "起始贫困人口"),
    column(C, "wage_level", "f4", "ratio", "local wage relative to the scope's mean", "当地工资水平", start=1.0),
    column(C, "lon", "f4", "degree", "longitude of the centroid", "经度"),
    column(C, "lat", "f4", "degree", "latitude of the centroid", "纬度"),
    column(C, "health_data", "f4", "share", "share of heavy hospital bills that the registry learns of (A4.16)", "健康扶贫数据共享率", report="mean"),
    column(C, "price", "f4", "ratio", "farm-gate price against its trend", "农产品价格系数", start=1.0),
    column(C, "prefecture", "i2", "code", "prefecture, the first four digits of the code", "市州"),
    column(C, "plot_rule", "f4", "share", "of needlessly large houses that the rules for building plots prevent", "宅基地管控率"),
    *PUSHES,
)  # fmt: skip
