import json

import pytest

from benchmarks.alignment import judge
from benchmarks.gold.writing import FILE, lines, packed, pairs, read, unpacked


def test_the_committed_pairs_are_what_the_generator_writes():
    assert "".join(lines()) == FILE.read_text(encoding="utf-8")


def test_there_are_enough_pairs_and_every_operation_many_times():
    gold = read()
    assert len(gold) >= 300
    assert FILE.stat().st_size < 1_500_000
    done = [name for pair in gold for name in pair["ops"]]
    assert min(done.count(name) for name in set(done)) >= 10
    assert len({pair["before"]["headline"] for pair in gold}) > 200


def test_a_pair_reads_back_as_it_was_written():
    for pair in pairs(3, 40):
        whole = json.loads(json.dumps({**pair, "align": sorted(pair["align"])}))
        assert unpacked(json.loads(json.dumps(packed(pair)))) == whole


@pytest.mark.slow
def test_the_diff_is_as_good_on_the_gold_set_as_the_docs_say():
    result = judge("ours", read())
    assert result.alignment.f1 >= 0.99
    assert result.moves.f1 >= 0.97
    assert result.facts.f1 >= 0.95
    assert (result.numbers_split, result.quotations_split) == (0, 0)
