"""Means, their intervals, and the comparison of cells; held against scipy and against by hand."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import bootstrap, mannwhitneyu

from evo.errors import UsageError
from evo.runs.folder import RunFolder
from evo.studies import comparison, rows
from evo.studies.comparison import compare, holm, improvement_interval, least_p, p_value
from evo.studies.statistics import describe, interval

RNG = np.random.Generator(np.random.PCG64(3))


def test_the_interval_is_bca_and_not_the_percentile_one():
    values = RNG.exponential(size=15) ** 2
    ends = {
        method: bootstrap((values,), np.mean, method=method, rng=1).confidence_interval
        for method in ("BCa", "percentile")
    }
    found = interval(values)
    assert found == pytest.approx((ends["BCa"].low, ends["BCa"].high), abs=0.3)
    assert found[1] > ends["percentile"].high + 0.5


def test_the_interval_is_the_same_in_any_order_and_any_unit():
    values = RNG.normal(10, 2, 12)
    found = interval(values)
    for _ in range(3):
        assert interval(RNG.permutation(values)) == found
    for unit in (1e-160, 1e150):
        assert interval(values * unit) == pytest.approx([end * unit for end in found], rel=1e-9)


def test_the_interval_of_few_or_equal_values():
    assert all(map(math.isnan, interval(np.array([3.0]))))
    assert interval(np.array([3.0, 3.0, 3.0])) == (3.0, 3.0)
    assert interval(np.array([1.0, 2.0])) == (1.0, 2.0)
    assert interval(np.array([0.1, 0.2, 0.3])) == (0.1, 0.3)
    assert sum(interval(np.arange(4.0))) == pytest.approx(3)  # as symmetric as the values
    low, high = interval(np.array([1.0, 1.0, 1.0, 5.0]))
    assert 1.0 <= low < 2.0 < high <= 5.0


def test_the_interval_holds_the_mean_about_as_often_as_it_says():
    samples = RNG.normal(size=(300, 12))
    inside = [low <= 0 <= high for low, high in map(interval, samples)]
    assert 0.86 <= np.mean(inside) <= 0.98


def test_the_interquartile_mean_leaves_out_a_quarter_on_each_side():
    assert describe([100.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, -50.0]).iqm == 3.5
    assert describe([1.0, 2.0, 9.0]).iqm == 4.0


def test_probability_of_improvement():
    values, others = np.array([1.0, 2, 2, 5]), np.array([2.0, 3, 0])
    by_hand = np.mean([(x > y) + 0.5 * (x == y) for x, y in itertools.product(values, others)])
    assert comparison._improvement(values, others) == by_hand
    low, high = improvement_interval(values, others)
    assert 0 <= low < by_hand < high <= 1
    assert improvement_interval(values[::-1].copy(), others) == (low, high)
    assert all(map(math.isnan, improvement_interval(values + 9, others)))
    assert improvement_interval(np.ones(3), np.ones(2)) == (0.5, 0.5)


@pytest.mark.parametrize("ties", [False, True])
def test_p_values_are_exact_for_few_runs(ties):
    values = np.array([1.0, 2.0, 5.0, 7.0])
    others = np.array([2.0 if ties else 2.5, 6.0, 8.0, 9.0])
    together = np.concatenate([values, others])

    def u(places):
        chosen = together[list(places)]
        rest = np.delete(together, list(places))
        return float(comparison._improvement(chosen, rest))

    every = [u(places) for places in itertools.combinations(range(8), 4)]
    tail = np.mean([each <= u(range(4)) + 1e-12 for each in every])
    assert p_value(values, others) == pytest.approx(min(1, 2 * tail))
    assert p_value(others, values) == p_value(values, others)


def test_p_values_of_many_and_of_equal_runs():
    values, others = RNG.integers(0, 9, 40), RNG.integers(2, 11, 50)
    assert p_value(values, others) == mannwhitneyu(values, others, method="asymptotic").pvalue
    assert p_value(np.ones(5), np.ones(5)) == 1.0


@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 3), (3, 3), (5, 4)])
def test_the_least_p_is_that_of_runs_that_do_not_overlap(n, m):
    assert p_value(np.arange(n) + 100.0, np.arange(m) * 1.0) == pytest.approx(least_p(n, m))


def test_holm():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    assert holm([]) == []
    assert comparison.runs_needed(1) == 4
    assert all(k * least_p(n, n) <= 0.05 for k in (3, 30) for n in [comparison.runs_needed(k)])


def cell(tmp_path, name, *values, **options):
    runs = [
        (seed, RunFolder(tmp_path), {"best": number, "wall_s": 0.0})
        for seed, number in enumerate(values)
    ]
    return rows.row(name, runs, "best", **options)


def test_every_cell_is_compared_with_the_baseline_and_corrected(tmp_path):
    """Seen to fail without the correction."""
    table = [cell(tmp_path, name, *(k + 10 * n for k in range(5))) for n, name in enumerate("abc")]
    found = compare(table)
    assert list(found) == ["b", "c"]
    for one in found.values():
        assert (one.baseline, one.improvement) == ("a", 1.0)
        assert one.p == pytest.approx(2 / math.comb(10, 5))
        assert one.corrected == pytest.approx(2 * one.p)
        assert one.verdict == 1
    assert {one.baseline for one in compare(table, "c").values()} == {"c"}
    assert {one.verdict for one in compare(table, "c").values()} == {-1}


def test_a_lower_figure_is_better_where_it_is_said(tmp_path):
    """Seen to fail with higher and lower swapped."""
    for lower, share in ((True, 0.0), (False, 1.0), (None, 1.0)):
        table = [
            cell(tmp_path, "a", 1, 2, 3, 4, 5, lower=lower),
            cell(tmp_path, "b", 11, 12, 13, 14, 15, lower=lower),
        ]
        assert compare(table)["b"].improvement == share
        assert compare(table)["b"].verdict == (1 if share else -1)


def test_cells_are_compared_on_the_same_problem_at_the_same_point(tmp_path):
    table = [
        cell(tmp_path, f"{group}, {n}", 1, 2, 3, group=group, subject=problem, point={"x": n})
        for problem in ("sphere", "ackley")
        for group in ("ga", "es")
        for n in (1, 2)
        if (problem, n) != ("ackley", 2)
    ]
    names = [row.name for row in table]
    against = {row.name: comparison.baseline_of(row, table, None) for row in table[:4]}
    assert names[:4] == ["ga, 1", "ga, 2", "es, 1", "es, 2"]
    assert [against[name] for name in names[:4]] == [table[0], table[1], table[0], table[1]]
    assert comparison.baseline_of(table[5], table, None) is table[4]
    assert comparison.baseline_of(table[0], table, "es") is table[2]
    assert comparison.baseline_of(table[3], table, "ga, 1") is table[0]


def test_one_group_is_compared_within_each_task(tmp_path):
    table = [
        cell(tmp_path, f"{p} {d}", 1, 2, group="all", subject="sphere", task=f"{d}", point={"p": p})
        for p in (10, 20)
        for d in (2, 5)
    ]
    found = [comparison.baseline_of(row, table, None) for row in table]
    assert found == [table[0], table[1], table[0], table[1]]
    assert comparison.baseline_of(table[3], table, "10 2") is table[0]


def test_what_cannot_be_compared_is_left_out(tmp_path):
    table = [cell(tmp_path, "a", 1, 2), cell(tmp_path, "b", 3), cell(tmp_path, "c")]
    table += [cell(tmp_path, "d", 1, 2, subject="other")]
    assert compare(table) == {}
    with pytest.raises(UsageError, match=r"no cell \(did you mean 'a'\?\)"):
        comparison.named_baseline("A", table)
    assert comparison.named_baseline("d", table) == "d"
    grid = [cell(tmp_path, f"x={x}", group="all") for x in range(20)]
    with pytest.raises(UsageError, match="no cell") as raised:
        comparison.named_baseline("all", grid)
    assert raised.value.hint is not None
    assert raised.value.hint.endswith("x=11; 8 more")
