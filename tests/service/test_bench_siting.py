"""``mizan bench siting``: exit codes and what it says, on files written here."""

import itertools
from types import SimpleNamespace

import orjson
import pytest

from service.cli import main

GRAPH = "4 4 {p}\n1 2 3\n2 3 3\n3 4 3\n4 1 3\n"
ISLANDS = "4 2 1\n1 2 3\n3 4 5\n"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MIZAN_HOME", str(tmp_path / "home"))

    def call(text, *options, lang="en"):
        path = tmp_path / "instance.txt"
        path.write_text(text)
        with pytest.raises(SystemExit) as ended:
            main(["--lang", lang, "bench", "siting", str(path), *options])
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return call


def test_a_proven_value(run, tmp_path):
    output = tmp_path / "result.json"
    code, out, _ = run(GRAPH.format(p=2), "--output", str(output))
    assert code == 0
    assert "value 6, bound 6" in out
    assert "proven" in out
    (result,) = orjson.loads(output.read_bytes())
    assert (result["status"], result["value"], len(result["open_sites"])) == ("proven", 6.0, 2)


def test_other_models_and_numbers_of_sites(run):
    assert "value 3, bound 3" in run(GRAPH.format(p=2), "--model", "center")[1]
    assert (
        "value 3, bound 3"
        in run(GRAPH.format(p=2), "--model", "covering", "--radius", "3", "-p", "1")[1]
    )
    assert "value 0, bound 0" in run(GRAPH.format(p=1), "-p", "4")[1]


def test_a_file_that_is_cut_off_is_refused(run):
    code, out, err = run("4 4 2\n1 2 3\n")
    assert code == 1
    assert "cut off" in err
    assert not out


def test_no_file_and_rubbish_are_told_in_words(run, tmp_path, capsys):
    for words, lang in (("is no file", "en"), ("ليس ملفًا", "ar")):
        with pytest.raises(SystemExit) as ended:
            main(["--lang", lang, "bench", "siting", str(tmp_path)])
        assert ended.value.code == 2
        assert words in " ".join(capsys.readouterr().err.split())
    code, _, err = run("\x01\x02")
    assert code == 1
    assert "can't be solved as it is" in err
    assert "'??' is not a finite number" in err


def test_covering_needs_a_radius(run):
    assert run(GRAPH.format(p=1), "--model", "covering")[0] == 2


def test_two_islands_and_one_site_are_infeasible(run):
    code, out, _ = run(ISLANDS)
    assert code == 3
    assert "infeasible" in out


def test_no_proof_in_time_has_its_own_code(run, monkeypatch):
    """Whatever the machine's speed: each look at this clock takes five milliseconds."""
    looks = itertools.count()
    slow = SimpleNamespace(monotonic=lambda: 0.005 * next(looks))
    monkeypatch.setattr("optimizer.siting.watch.time", slow)
    edges = [(i, j, (7 * i * j) % 97 + 60) for i in range(1, 31) for j in range(i + 1, 31)]
    text = f"30 {len(edges)} 5\n" + "\n".join(f"{i} {j} {d}" for i, j, d in edges)
    code, out, _ = run(text, "--time-limit", "0.02")
    assert code == 4
    assert "feasible" in out
    assert run(text, "--time-limit", "1000")[0] == 0


def test_only_one_problem_of_a_set(run):
    one = "{k} 6\n4 2 6\n1 0 0 3\n2 3 4 3\n3 50 50 3\n4 51 51 3\n"
    text = "2\n" + one.format(k=1) + one.format(k=2)
    code, out, _ = run(text, "--problem", "2")
    assert code == 0
    assert "#1" not in out
    assert "names 6 as its best known value" in out
    code, _, err = run(text, "--problem", "3")
    assert (code, err.split()[-1]) == (2, "them.")


def test_more_sites_than_the_file_has(run):
    code, out, err = run(GRAPH.format(p=1), "-p", "5")
    assert (code, out) == (2, "")
    assert "no more than 4 sites" in err


@pytest.mark.parametrize("option", ["-p", "--radius", "--time-limit"])
@pytest.mark.parametrize("rubbish", ["nan", "-1", "many"])
def test_options_that_are_no_figures(run, option, rubbish):
    assert run(GRAPH.format(p=1), "--model", "covering", "--radius", "3", option, rubbish)[0] == 2


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", (), "لا يحوي أرقاماً"),
        ("3 2 1\n1 2 x\n2 3 nan\n", (), "السطر 3: 'nan' ليس عدداً منتهياً"),
        ("3 2 1\n1 2 4\n2 9 4\n", (), "الوصلة 2 9 4"),
        ("3 2 5\n1 2 4\n2 3 4\n", (), "p = 5 وعدد العقد 3"),
        ("100 200 5\n1 2 30\n", (), "هل الملف مبتور"),
        ("3 1\n0 0 10 -1\n1 1 10 2\n2 2 10 3\n", (), "الطلب: عدد القيم 3"),
        (GRAPH.format(p=1), ("--model", "capacitated"), "لا يحوي سعات"),
        (ISLANDS, (), "لا يوجد اختيار بهذا العدد"),
        ("3 1\n0 0 1 2\n1 1 1 2\n2 2 1 3\n", (), "لا يوجد اختيار بهذا العدد"),
    ],
)
def test_an_arab_reader_is_told_in_arabic(run, text, options, words):
    code, out, err = run(text, *options, lang="ar")
    assert code in (1, 3)
    assert words in out + err
