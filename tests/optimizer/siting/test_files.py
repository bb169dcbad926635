import numpy as np
import pytest

from optimizer.siting import SitingFaultsError, solve_capacitated, solve_pmedian
from optimizer.siting.files import read_siting_file


def write(tmp_path, text, name="instance.txt"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_the_last_of_parallel_edges_counts_and_paths_add_up(tmp_path):
    text = "4 5 1\n1 2 9\n2 3 2\n2 1 5\n3 4 1\n4 4 7\n"
    problem = read_siting_file(write(tmp_path, text)).problems[0]
    assert problem.instance.cost[0].tolist() == [0.0, 5.0, 7.0, 8.0]
    assert problem.instance.cost[3, 3] == 0.0


def test_parallel_edges_may_get_longer(tmp_path):
    problem = read_siting_file(write(tmp_path, "2 2 1\n1 2 3\n1 2 8\n")).problems[0]
    assert problem.instance.cost[0, 1] == 8.0


def test_an_edge_of_no_length_is_an_edge(tmp_path):
    problem = read_siting_file(write(tmp_path, "3 2 1\n1 2 0\n2 3 4\n")).problems[0]
    assert problem.instance.cost[0].tolist() == [0.0, 0.0, 4.0]


def test_parts_that_do_not_hang_together_cannot_serve_each_other(tmp_path):
    problem = read_siting_file(write(tmp_path, "4 2 2\n1 2 3\n3 4 5\n")).problems[0]
    assert np.isnan(problem.instance.cost[0, 2])
    assert solve_pmedian(problem.instance).value == 8.0


BEASLEY = "1 {best}\n4 2 6\n1 0 0 3\n2 3 4 3\n3 50 50 3\n4 51 51 3\n"


def test_a_set_of_capacitated_problems(tmp_path):
    text = "2\n" + BEASLEY.format(best=6) + BEASLEY.format(best=6)
    found = read_siting_file(write(tmp_path, text))
    assert len(found.problems) == 2
    problem = found.problems[1]
    assert problem.published == 6
    assert problem.instance.cost[2, 3] == 1.0  # rounded down
    result = solve_capacitated(problem.instance, problem.capacities)
    assert result.is_proven
    assert result.value == 6.0


@pytest.mark.parametrize(
    "text",
    [
        BEASLEY.format(best=6),
        "4 2 6\n1 0 0 3\n2 3 4 3\n3 50 50 3\n4 51 51 3\n",
        "4 2 6\n0 0 3\n3 4 3\n50 50 3\n51 51 3\n",
    ],
    ids=["titled", "numbered", "bare"],
)
def test_one_capacitated_problem(tmp_path, text):
    problem = read_siting_file(write(tmp_path, text)).problems[0]
    assert solve_capacitated(problem.instance, problem.capacities).value == 6.0


def test_lorena_and_senne_points_keep_true_distances(tmp_path):
    text = "3 1\n0 0 10 1\n1 1 10 2\n2 2 10 3\n"
    problem = read_siting_file(write(tmp_path, text)).problems[0]
    assert problem.instance.cost[0, 1] == pytest.approx(2**0.5)
    assert problem.capacities.demand.tolist() == [1.0, 2.0, 3.0]


def test_complete_matrix(tmp_path):
    text = "3 1\n0 1 2\n1 0 1\n2 1 0\n1 1 1\n3 3 3\n"
    problem = read_siting_file(write(tmp_path, text)).problems[0]
    result = solve_capacitated(problem.instance, problem.capacities)
    assert (result.value, result.open_sites) == (2.0, ("2",))


def test_warehouses_with_a_word_for_the_capacity(tmp_path):
    path = write(tmp_path, "2 2\ncapacity 5\ncapacity 1\n10 10 30\n10 30 10\n")
    with pytest.raises(SitingFaultsError, match="line 2: the word 'capacity'"):
        read_siting_file(path)
    problem = read_siting_file(path, capacity=20).problems[0]
    result = solve_capacitated(problem.instance, problem.capacities)
    assert result.is_proven
    assert result.value == pytest.approx(26.0)  # opening both: 6 + 20


def test_points_need_p_and_take_weights(tmp_path):
    path = write(tmp_path, "3\n0 0\n0 4\n3 0\n")
    weights = write(tmp_path, "1\n2\n", "w.txt")
    with pytest.raises(SitingFaultsError) as caught:
        read_siting_file(path, demand=weights)
    assert len(caught.value.faults) == 2
    weights.write_text("1 2 5")
    problem = read_siting_file(path, demand=weights, p=1).problems[0]
    assert problem.instance.cost[1, 2] == 5.0
    assert problem.instance.weight.tolist() == [1.0, 2.0, 5.0]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no numbers"),
        ("3 2 1\n1 2 x\n2 3 nan\n", "line 2: 'x'"),
        ("3 2 1\n1 2 4\n2 9 4\n", "line 3: edge 2 9 4"),
        ("3 2 1\n1 2 4\n2 3 -4\n", "line 3: edge 2 3 -4"),
        ("3 2 5\n1 2 4\n2 3 4\n", "p = 5 of 3"),
        ("100 200 5\n1 2 30\n", "fit no known format"),
        ("<html>", "not a finite number"),
    ],
)
def test_faults_are_clear(tmp_path, text, word):
    with pytest.raises(SitingFaultsError, match=word):
        read_siting_file(write(tmp_path, text))
