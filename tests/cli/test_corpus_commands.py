"""`qa add`, `qa remove`, `qa list` and `qa index`: their output, and the resulting contents of the folder."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from qa.cli import main
from qa.cli.exit_status import FAILURE, SUCCESS
from qa.storage import RemotePath
from tests.cli.conftest import TEXT


def test_index_prints_counts_and_stores_the_index(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next command uses the stored index unchanged."""
    assert main(["index", "--corpus", str(corpus), *models]) == SUCCESS
    assert "documents 1, passages " in capsys.readouterr().out
    stored = {path: path.stat().st_mtime_ns for path in (corpus / ".qa-index").iterdir()}
    assert stored
    main(["ask", "mill", "--corpus", str(corpus), *models])
    assert {path: path.stat().st_mtime_ns for path in (corpus / ".qa-index").iterdir()} == stored


def test_notes_on_reading_are_printed(
    models: list[str], corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They appear when a file is added, and in the list."""
    source = tmp_path / "lodz.txt"
    source.write_bytes(
        "Drukarz Józef Żak urodził się w Łodzi i pracował w Krakowie do końca.".encode("cp1250")
    )
    assert main(["add", str(source), "--corpus", str(corpus), *models[:2]]) == SUCCESS
    assert capsys.readouterr().out == "Added lodz.txt  (read as windows-1250)\n"
    assert main(["list", "--corpus", str(corpus)]) == SUCCESS
    assert "lodz.txt  (read as windows-1250)" in capsys.readouterr().out.splitlines()
    assert main(["list", "--corpus", str(corpus), "--json"]) == SUCCESS
    listed = json.loads(capsys.readouterr().out)
    assert [file["notes"] for file in listed] == [["read as windows-1250"], []]


def test_articles_are_added_listed_and_removed(
    models: list[str], corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, embedder = ["--corpus", str(corpus)], models[:2]
    source = tmp_path / "bridge.md"
    source.write_text("The bridge was opened in 1932.", encoding="utf-8")
    (corpus / "double.txt").write_text(TEXT, encoding="utf-8", newline="")
    (corpus / "bad.txt").write_bytes(bytes(range(256)))
    assert main(["list", *folder]) == SUCCESS
    waiting = "(not indexed yet: run qa index)"
    assert capsys.readouterr().out.splitlines() == [
        f"{name}  {waiting}" for name in ("bad.txt", "double.txt", "mill.txt")
    ]

    assert main(["add", str(source), *folder, *embedder]) == SUCCESS
    assert capsys.readouterr().out == "Added bridge.md\n"
    assert (corpus / "bridge.md").read_bytes() == source.read_bytes()
    assert main(["add", str(source), *folder, *embedder, "--name", "sub/again"]) == SUCCESS
    assert capsys.readouterr().out == f"Not added: {source} has the same text as bridge.md\n"
    assert main(["add", str(source), *folder, *embedder]) == SUCCESS
    assert capsys.readouterr().out == "Replaced bridge.md\n"
    (corpus / "copied.txt").write_text("The ferry is white.", encoding="utf-8")
    assert main(["add", str(corpus / "copied.txt"), *folder, *embedder]) == SUCCESS
    assert capsys.readouterr().out == "Added copied.txt\n"
    (corpus / "copied.txt").unlink()

    assert main(["list", *folder]) == SUCCESS
    bad, bridge, double, mill = capsys.readouterr().out.splitlines()
    assert bad.startswith("bad.txt  ('bad.txt' is not")
    assert (bridge, double, mill) == ("bridge.md", "double.txt", "mill.txt  (the same text as double.txt)")
    assert main(["list", *folder, "--json"]) == SUCCESS
    listed = json.loads(capsys.readouterr().out)
    assert [(file["id"], file["state"]) for file in listed][:2] == [
        ("bad.txt", "failed"),
        ("bridge.md", "indexed"),
    ]
    assert listed[3] == {
        "id": "mill.txt",
        "state": "indexed",
        "problem": None,
        "duplicate_of": "double.txt",
        "notes": [],
    }

    assert main(["remove", "double.txt", *folder]) == SUCCESS
    assert capsys.readouterr().out == "Removed double.txt (its text remains in mill.txt)\n"
    assert main(["remove", "bridge.md", "none.txt", *folder, "--json"]) == FAILURE
    printed = capsys.readouterr()
    assert json.loads(printed.out) == ["bridge.md"]
    remaining = sorted(path.name for path in corpus.iterdir() if not path.name.startswith("."))
    assert remaining == ["bad.txt", "mill.txt"]


def test_removed_articles_are_listed_and_restored(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are restored by the name in the list, which is longer for older versions."""
    folder, embedder = ["--corpus", str(corpus)], models[:2]
    assert main(["restore", *folder]) == SUCCESS
    assert capsys.readouterr().out == ""
    for text in (b"Second.", b"Third."):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"))
        assert main(["add", "-", "--name", "mill.txt", *folder, *embedder]) == SUCCESS
    assert main(["remove", "mill.txt", *folder]) == SUCCESS
    capsys.readouterr()
    assert main(["restore", *folder, "--json"]) == SUCCESS
    listed = json.loads(capsys.readouterr().out)
    assert [(file["id"], file["bytes"]) for file in listed] == [
        ("mill.txt", 6),
        ("mill.txt", 7),
        ("mill.txt", len(TEXT)),
    ]
    assert main(["restore", *folder]) == SUCCESS
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("  (removed ")[0] for line in lines] == [file["name"] for file in listed]
    assert lines[0].startswith("mill.txt  (removed ")
    assert main(["restore", "mill.txt", listed[2]["name"], "none.txt", *folder, *embedder]) == FAILURE
    assert capsys.readouterr().out == "Restored mill.txt\n" * 2
    assert (corpus / "mill.txt").read_text(encoding="utf-8") == TEXT
    assert main(["restore", listed[1]["name"], *folder, *embedder, "--json"]) == SUCCESS
    assert json.loads(capsys.readouterr().out) == ["mill.txt"]
    assert (corpus / "mill.txt").read_text(encoding="utf-8") == "Second."


def test_what_cannot_be_added_is_reported_and_the_rest_is_added(
    models: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A missing corpus folder is created."""
    folder = ["--corpus", str(tmp_path / "new" / "articles"), *models[:2]]
    (tmp_path / "a.txt").write_text("Talks.", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("none.txt", "a.txt")]
    assert main(["add", *files, *folder, "--json"]) == FAILURE
    missing, good = json.loads(capsys.readouterr().out)
    assert missing["document"] is None
    assert "none.txt" in missing["problem"]
    assert good == {"file": files[1], "document": "a.txt", "problem": None, "notes": []}
    assert [record for record in caplog.messages if "none.txt" in record] == [missing["problem"]]
    assert main(["add", *files, "--name", "both", *folder]) == FAILURE
    assert "--name applies to a single file" in capsys.readouterr().err


def test_standard_input_is_decoded_like_a_file(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal's encoding does not matter."""
    add = ["--corpus", str(corpus), *models[:2], "--json"]
    for data, text in (
        (b"Pasted.\r\n", "Pasted.\r\n"),
        (b"Caf\xe9.", "Café."),
        (b"\xef\xbb\xbfMarked.", "Marked."),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        assert main(["add", "-", "--name", "note", *add]) == SUCCESS
        assert (corpus / "note.txt").read_bytes().decode() == text
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bytes(range(256))), encoding="utf-8"))
    assert main(["add", "-", str(corpus / "mill.txt"), *add]) == FAILURE
    bad, good = json.loads(capsys.readouterr().out)
    assert bad["document"] is None
    assert bad["problem"].startswith("'standard input' is not valid UTF-8")
    assert good["document"] == "mill.txt"


def test_a_corpus_that_is_a_file_is_one_line(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (corpus / "mill.txt", corpus / "mill.txt" / "below"):
        assert main(["add", "-", "--corpus", str(path)]) == FAILURE
        error = capsys.readouterr().err
        assert error.startswith(f"qa: cannot create the corpus folder {str(path)!r}")
        assert len(error.splitlines()) == 1


def test_index_reports_what_failed(
    models: list[str], corpus: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    (corpus / "bad.txt").write_bytes(bytes(range(256)))
    assert main(["index", "--corpus", str(corpus), *models]) == SUCCESS
    assert "documents 1, passages 2" in capsys.readouterr().out
    assert ["bad.txt" in message for message in caplog.messages] == [True]
    assert main(["index", "--corpus", str(corpus), *models, "--json"]) == SUCCESS
    counts = json.loads(capsys.readouterr().out)
    assert counts == {"documents": 1, "passages": 2, "failures": caplog.messages}


def test_articles_on_an_object_store(
    models: list[str],
    remote: RemotePath,
    corpus: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """They can be indexed, queried and listed; commands that would change them are refused in one line."""
    folder = ["--corpus", str(remote)]
    assert main(["index", *folder, *models]) == FAILURE
    assert "nothing at s3://bucket/articles" in capsys.readouterr().err
    (remote / "mill.txt").put_bytes(TEXT.encode())
    assert main(["index", *folder, *models]) == SUCCESS
    assert "The index of s3://bucket/articles is up to date: documents 1" in capsys.readouterr().out
    assert main(["list", *folder]) == SUCCESS
    assert capsys.readouterr().out == "mill.txt\n"
    assert main(["search", "mill", *folder, *models]) == SUCCESS
    for command in (
        ["add", str(corpus / "mill.txt")],
        ["remove", "mill.txt"],
        ["restore"],
        ["serve", "--keep"],
    ):
        caplog.clear()
        capsys.readouterr()
        assert main([*command, *folder]) == FAILURE
        assert "with its own tools; qa index follows" in capsys.readouterr().err + caplog.text
