"""The report: one page that stands alone, says what is missing, and what it does not know."""

import re
from html.parser import HTMLParser

import pytest

from results.report import render, write
from results.store import StoreError, open_store

FIGURES = ["headcount", "headcount_each", "flows", "survival", "causes", "income", "differences",
           "map", "quota"]  # fmt: skip
MORE = ["targets", "target-map", "money-flows", "waited", "variance"]
RELAPSE = ["hazard", "survival-types", "incidence", "withdrawal"]


VOID = {"meta", "link", "br", "img", "input", "hr"}


class Links(HTMLParser):
    """Everything a page would fetch, and whether its tags are balanced."""

    def __init__(self):
        super().__init__()
        self.links, self.open, self.unbalanced = [], [], []

    def handle_starttag(self, tag, attrs):
        self.links += [v for k, v in attrs if k in ("src", "href", "xlink:href", "srcset", "data")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.links += [v for k, v in attrs if k in ("src", "href", "xlink:href")]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)


@pytest.fixture(scope="module")
def page(folder):
    return render(open_store(folder), "en")


@pytest.fixture(scope="module")
def chinese(small):
    return render(open_store(small), "zh")


def test_it_asks_for_nothing(page, chinese):
    for text in (page, chinese):
        links = Links()
        links.feed(text)
        links.close()
        assert not links.unbalanced
        assert not links.open
        assert all(link.startswith(("#", "data:")) for link in links.links)
        fetched = [u for u in re.findall(r"url\(([^)]*)\)", text) if not u.startswith("#")]
        assert len(fetched) == 1
        assert fetched[0].startswith("data:font/woff2")
        assert "@import" not in text
        assert "http" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)


def test_all_figures_and_tables_are_there(page):
    count = len(FIGURES) + len(RELAPSE) + len(MORE)
    assert page.count("<figure") == count
    assert page.count('<svg role="img"') == count
    for kind in [*FIGURES, "relapse", "targets", "money", "unknown", "full", "reproduce"]:
        assert f'<section id="{kind}">' in page
        assert f'href="#{kind}"' in page
    numbers = [int(n) for n in re.findall(r"Figure (\d+)\.</span>", page)]
    assert numbers == list(range(1, count + 1))
    tables = [int(n) for n in re.findall(r"Table (\d+)\.</span>", page)]
    assert tables == list(range(1, len(tables) + 1))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_it_is_honest(page, chinese):
    assert "MISSING RUNS" in page
    assert "Plan under harsh shocks (harsh-shocks): 1 of 5 runs missing" in page
    assert page.count("(4 of 5 runs)") >= 3
    assert "Nothing is fitted yet" in page
    assert "not covered yet" in page
    assert "takes at least 8 parameter draws, and it has 5" in page
    assert "Registered exits obey a yearly quota. Figure 15" in page
    assert "relapse becomes monitoring" in page
    assert "仅反映偶然性" in chinese
    assert "没有缺失的运行" in chinese
    assert "relapse becomes" not in chinese


def test_it_says_how_to_reproduce(page):
    assert "fanpin run no-plan plan" in page
    assert "c0de" in page
    assert "numpy 2.4.6" in page


def test_the_languages_do_not_mix(chinese):
    assert '<html lang="zh-Hans">' in chinese
    body = re.sub(r"<(style|svg|pre|code|dl).*?</\1>", "", chinese, flags=re.DOTALL)
    words = set(re.findall(r">\s*([A-Z][a-z]+(?: [a-z]+)+)", body))
    assert not words


def test_titles_of_a_store_are_text_not_markup(small):
    store = open_store(small)
    info = store.scenarios["plan"]
    store.scenarios["plan"] = type(info)("plan", {"en": "A <b> & B"}, {}, "")
    text = render(store, "en")
    assert "A &lt;b&gt; &amp; B" in text
    assert "A <b>" not in text


def test_it_is_written_beside_the_runs_or_where_asked(small, tmp_path):
    path = write(small, tmp_path / "page.html", lang="en", base="plan")
    text = path.read_text(encoding="utf-8")
    assert "The plan" in text
    assert "Differences are against &#34;The plan&#34;" in text
    assert not list(tmp_path.glob("*.part"))
    with pytest.raises(StoreError, match="cannot be written"):
        write(small, tmp_path / "no" / "such" / "folder.html")
    with pytest.raises(StoreError, match="no scenario 'x'"):
        write(small, base="x")
    with pytest.raises(ValueError, match="language 'fr'"):
        write(small, lang="fr")


def section(page, name):
    return page.split(f'<section id="{name}">')[1].split("</section>")[0]


def test_relapse_is_told_by_every_definition(page, chinese):
    text = section(page, "relapse")
    for words in ("True exits", "Hidden relapses", "False relapses", "False exits"):
        assert words in text
    for kind in RELAPSE:
        assert f'id="{kind}-' in text
    for words in ("short of labour", "with a migrant", "Coady-Grosh-Hoddinott", "Gini"):
        assert words in text
    assert "The plan, 2018" in text and "No plan, 2020" in text
    theirs = section(chinese, "relapse")
    assert "未被登记的真实返贫" in theirs and "缺劳力" in theirs and "基尼系数" in theirs


def test_nothing_beyond_2020_is_no_empty_figure(chinese):
    assert "withdrawal-" not in section(chinese, "relapse")
    assert "未绘制" not in section(chinese, "relapse")
