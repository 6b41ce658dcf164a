from __future__ import annotations

from qa.documents import SUFFIXES
from qa.page.views.limits import limits_html
from qa.page.views.welcome import welcome_html
from qa.settings import DEFAULTS, LOCAL_LIMITS
from tests.page.dom import attributes, count, plain, texts


def test_the_welcome_leads_to_the_next_step() -> None:
    """To the upload box, to the shared documents, or to the visitor's own."""
    none, shared, own = welcome_html(0, 0), welcome_html(1, 0), welcome_html(3, 2)
    assert texts(none, "h2") == ["What would you like to read?"]
    assert texts(shared, "h2") == texts(own, "h2") == ["What would you like to know?"]
    assert [count(markup, "button.large-drop[data-choose]") for markup in (none, shared, own)] == [1, 1, 0]
    assert texts(shared, ".sample") == ["Or ask this document:"]
    assert "Ask these 3 documents" in plain(own)


def test_limits_name_file_types_sizes_and_who_will_see_the_documents() -> None:
    markup = limits_html(LOCAL_LIMITS, keep=False)
    (figures,) = texts(markup, "details:not([open]) .note")
    assert all(suffix in figures for suffix in SUFFIXES)
    assert attributes(markup, "data-types") == [",".join(SUFFIXES)]
    assert f"up to {DEFAULTS.max_file_bytes // 1024**2} MiB a file" in figures
    assert f"at most {LOCAL_LIMITS.documents} documents" in figures
    assert "gone 30 minutes after you close the page" in texts(markup, ".note")[0]
    assert "kept in the corpus folder, for everyone" in plain(limits_html(LOCAL_LIMITS, keep=True))
