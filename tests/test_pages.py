"""The generated pages in docs/ say what the code says."""

import pytest

from app.pages import FOLDER, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_fresh(name):
    assert (FOLDER / name).read_text("utf-8") == PAGES[name](), (
        f"docs/{name} is older than the code: run `python -m app.pages`"
    )
