"""The faults that recur in every codebase fail the build here: drift, size, leaks of a machine."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
# Written in pieces, so that this file does not contain what it forbids.
FORBIDDEN = ("py" + "pi.org", "python" + "hosted", "registry.np" + "mjs", "deb." + "debian")
MACHINE = ("/wor" + "k/", "/roo" + "t/", "/hom" + "e/", "/tmp/" + "w/")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        try:
            found.append((path, path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_there_is_something_to_check() -> None:
    assert len(tracked()) > 50


@pytest.mark.parametrize("word", FORBIDDEN + MACHINE)
def test_no_file_names_a_registry_host_or_a_path_of_a_machine(word: str) -> None:
    assert [str(path) for path, text in texts() if word in text] == []


def test_no_python_file_is_longer_than_five_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): text.count("\n")
        for path, text in texts()
        if path.suffix == ".py" and text.count("\n") > 500
    }
    assert long == {}


def test_no_minified_file_is_kept() -> None:
    suspects = [
        str(path.relative_to(ROOT))
        for path, text in texts()
        if ".min." in path.name
        or (path.suffix in {".js", ".css"} and any(len(line) > 1500 for line in text.split("\n")))
    ]
    assert suspects == []


def glossary_names() -> list[str]:
    text = (ROOT / "docs/glossary.md").read_text("utf-8")
    return sorted(set(re.findall(r"`((?:geo|optimizer|service)\.[A-Za-z_.]+)`", text)))


@pytest.mark.parametrize("name", glossary_names())
def test_a_word_of_the_glossary_exists_in_the_code(name: str) -> None:
    module, *rest = name.split(".")
    found = importlib.import_module(module)
    for part in rest:
        if hasattr(found, part):
            found = getattr(found, part)
        else:
            module = f"{module}.{part}"
            found = importlib.import_module(module)
            continue
        module = f"{module}.{part}"


def rule_files() -> list[str]:
    return sorted(
        path.stem for path in (ROOT / "optimizer/rules").glob("*.py") if path.stem != "__init__"
    )


@pytest.mark.parametrize("rule", rule_files())
def test_a_rule_has_its_entry_and_its_tests(rule: str) -> None:
    assert f"`{rule}`" in (ROOT / "docs/model.md").read_text("utf-8")
    tests = "\n".join(p.read_text("utf-8") for p in (ROOT / "tests/optimizer").rglob("test_*.py"))
    assert rule in tests


def relative_links() -> list[tuple[str, str]]:
    pages = [path for path in tracked() if path.suffix == ".md"]
    return sorted(
        (str(path.relative_to(ROOT)), target)
        for path in pages
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8"))
        if "://" not in target
    )


@pytest.mark.parametrize(("page", "target"), relative_links())
def test_a_link_in_the_docs_leads_somewhere(page: str, target: str) -> None:
    assert ((ROOT / page).parent / target).exists()


def test_both_readmes_hold_the_same_commands_and_links() -> None:
    english, arabic = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.ar.md"))
    for pattern in (r"```sh\n(.*?)```", r"\]\((?!README)([^)]+)\)"):
        found = re.findall(pattern, english, re.DOTALL)
        assert found
        # A page that is there in both languages may be linked in the reader's own.
        assert [one.replace(".ar.md", ".md") for one in re.findall(pattern, arabic, re.DOTALL)] == [
            one.replace(".ar.md", ".md") for one in found
        ]


def test_first_steps_name_buttons_and_pages_as_the_pages_do() -> None:
    english, arabic = (
        [
            " ".join(words.split())
            for words in re.findall(r"\*\*(.+?)\*\*", (ROOT / name).read_text("utf-8"), re.DOTALL)
        ][1:]  # the first explains what bold words are
        for name in ("docs/first-steps.md", "docs/first-steps.ar.md")
    )
    with (ROOT / "service/locale/ar/LC_MESSAGES/mizan.po").open("rb") as file:
        book = {message.id: message.string for message in read_po(file, locale="ar")}
    assert english
    assert arabic == [book.get(words) for words in english]
