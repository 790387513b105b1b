"""The allocator: pools, quotas, what is taken from whom, and its rings after any sequence of calls."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.kn5000.voices.plain_nodes import PlainNodes

from luthier.kn5000.transport.sub_ram import SubRam
from luthier.kn5000.voices import pools
from luthier.kn5000.voices.nodes import CHANNELS, DOWN, NODES, POOLS, UP, Nodes

SILENT = [0, 0, 0, 0]
ALL = [0xFFFF] * 4
LOUD, QUIET = np.full(64, 0xFF, np.uint8), np.full(64, 0x7F, np.uint8)


def loud(number: int) -> int:
    del number
    return 0xFF


def quiet(number: int) -> int:
    del number
    return 0x7F


def stroke(nodes: Nodes, part: int, note: int = 60, layers: int = 1) -> list[int | None]:
    nodes.begin_stroke()
    found = [nodes.allocate(part, note, layer) for layer in range(layers)]
    return [None if each is None else each[0] for each in found]


def test_places_of_the_lists() -> None:
    # Listing of the data: 18 pools of 30 bytes, 27 channels of 12, and 64 nodes of 39 up to 0x1E4C.
    assert POOLS + 18 * 30 == CHANNELS == 0x1349
    assert CHANNELS + 27 * 12 == NODES == 0x148D
    assert NODES + 64 * 39 == 0x1E4D


def test_quotas_share_out_all_voices() -> None:
    # Facts H22.
    assert pools.FOUR_POOLS[:4] == (32, 16, 4, 12)
    assert pools.SIXTEEN_POOLS[:16] == (12, 6, 6, *[4] * 5, *[2] * 7, 6)
    for quotas in (pools.FOUR_POOLS, pools.SIXTEEN_POOLS):
        assert sum(quotas[:16]) == 64
        assert quotas[16:] == (64, 64)
    assert len(pools.FOUR_POOLS_CHANNELS) == len(pools.SIXTEEN_POOLS_CHANNELS) == 27


def test_orders_of_priority() -> None:
    # Facts H23: 14, 13, 10 and 7 entries.
    first, second, third, fourth = (layer.order for layer in pools.LAYERS)
    assert bytes(first).hex() == "868506058483820403028180" + "0100"
    assert second == first[:13]
    assert third == fourth == first[:10]
    assert pools.OVER_QUOTA_ORDER == (6, 5, 2, 4, 3, 1, 0)
    assert [(layer.down, layer.up) for layer in pools.LAYERS] == [(0, 3), (1, 3), (2, 5), (2, 5)]


@pytest.mark.parametrize("sixteen", [False, True])
def test_at_first_all_are_free_in_order(sixteen: bool) -> None:
    nodes = Nodes(SubRam(), sixteen_pools=sixteen)
    assert nodes.listed(pools.FREE, pools.DECAYED) == list(range(64))
    assert nodes.used == 0
    assert nodes.keys(pools.FREE_CHANNEL, UP) == list(range(64))


@pytest.mark.parametrize("part", range(26))
def test_a_part_can_have_all_voices(part: int) -> None:
    nodes = Nodes(SubRam())
    assert sorted(stroke(nodes, part, note)[0] for note in range(64)) == list(range(64))  # type: ignore[type-var]
    assert nodes.used == 64
    assert len(nodes.keys(part)) == 64


def test_what_is_beyond_the_quota_waits_to_be_taken() -> None:
    nodes = Nodes(SubRam())
    for note in range(14):
        stroke(nodes, 0, note)
    assert nodes.quota(0) == (12, 12)
    # Two too many: the oldest two.
    assert nodes.listed(pools.BEYOND_QUOTA, 0) == [0, 1]
    assert nodes.listed(0, 0) == list(range(2, 14))


def full(nodes: Nodes) -> None:
    """All 64 voices within the quotas of their pools."""
    for part, quota in enumerate(pools.SIXTEEN_POOLS[:16]):
        for note in range(quota):
            stroke(nodes, part, note)
    assert nodes.used == 64
    assert not nodes.listed(pools.BEYOND_QUOTA, 0)


def test_within_quotas_a_part_takes_its_own_oldest() -> None:
    nodes = Nodes(SubRam())
    full(nodes)
    assert stroke(nodes, 1) == [12]  # voices 12 to 17 are part 1's
    assert stroke(nodes, 1) == [13]
    assert stroke(nodes, 0) == [0]


def test_order_of_theft() -> None:
    """The documented order, from voices in every state, one after the other."""
    nodes = Nodes(SubRam())
    # Part 9 has two voices of its quota, and more of every kind beyond it.
    beyond = {"decayed": 1, "first up": 2, "first": 3}
    for name, note in beyond.items():
        stroke(nodes, 9, note)
        if name == "decayed":
            nodes.key_up(9, note, quiet)
        elif name == "first up":
            nodes.key_up(9, note, loud)
    stroke(nodes, 9, 4)
    stroke(nodes, 9, 5)
    assert nodes.listed(pools.BEYOND_QUOTA, pools.DECAYED) == [0]
    assert nodes.listed(pools.BEYOND_QUOTA, 3) == [1]
    assert nodes.listed(pools.BEYOND_QUOTA, 0) == [2]
    # Part 0 fills the rest; six of its own go beyond the quota of twelve, and so on.
    rest = [stroke(nodes, 0, note)[0] for note in range(59)]
    assert nodes.used == 64
    nodes.key_up(0, 58, quiet)  # decayed
    nodes.key_up(0, 57, loud)  # up
    taken = [stroke(nodes, 0, 100)[0] for _ in range(4)]
    # Beyond and decayed; own and decayed; beyond and up; own and up.
    assert taken == [0, rest[58], 1, rest[57]]
    # Then the oldest key beyond the quota, before any key within it.
    assert stroke(nodes, 0, 100) == [2]


def test_further_layers_leave_first_ones_alone() -> None:
    nodes = Nodes(SubRam())
    full(nodes)
    # Two voices are part 8's, both first layers with the key down: only a first layer may take them.
    assert stroke(nodes, 8, 70, layers=2)[1] is None
    assert stroke(nodes, 8, 70, layers=4)[2:] == [None, None]
    nodes.key_up(8, None, loud)
    assert None not in stroke(nodes, 8, 71, layers=2)


def test_key_up_lets_go_of_the_oldest_stroke_with_all_its_layers() -> None:
    nodes = Nodes(SubRam())
    first, second = stroke(nodes, 0, 60, layers=3), stroke(nodes, 0, 60, layers=3)
    stroke(nodes, 0, 62)
    assert nodes.key_up(0, 60, loud) == first
    assert nodes.keys(0, UP) == first
    assert nodes.key_up(0, 60, loud) == second
    assert nodes.key_up(0, 60, loud) == []
    assert nodes.key_up(1, 62, loud) == []
    assert nodes.key_up(0, None, loud) == [6]


def test_silent_voices_are_given_back_once() -> None:
    nodes = Nodes(SubRam())
    stroke(nodes, 0, 60)
    stroke(nodes, 0, 61)
    assert nodes.poll([0b11, 0, 0, 0], LOUD) == []
    assert nodes.poll([0b10, 0, 0, 0], LOUD) == [0]
    assert nodes.is_free(0)
    assert not nodes.is_free(1)
    assert nodes.poll([0b10, 0, 0, 0], LOUD) == []
    # The one that was freed last is used last.
    assert nodes.listed(pools.FREE, pools.DECAYED)[-1] == 0


def test_what_was_let_go_and_decays_goes_first() -> None:
    nodes = Nodes(SubRam())
    stroke(nodes, 0, 60)
    stroke(nodes, 0, 61)
    nodes.key_up(0, 60, loud)
    nodes.poll(ALL, LOUD)
    assert nodes.listed(0, 3) == [0]
    nodes.poll(ALL, QUIET)
    # Only what was let go: a key that is held may grow louder again.
    assert nodes.listed(0, pools.DECAYED) == [0]
    assert nodes.listed(0, 0) == [1]


def check(nodes: Nodes) -> None:
    """Every voice is in one list of one pool and in one of one channel; quotas hold."""
    in_pools = [number for pool in range(18) for kind in range(7) for number in nodes.listed(pool, kind)]
    in_channels = [number for part in range(27) for key in (DOWN, UP) for number in nodes.keys(part, key)]
    assert sorted(in_pools) == sorted(in_channels) == list(range(64))
    free = nodes.listed(pools.FREE, pools.DECAYED)
    assert nodes.used == 64 - len(free)
    for pool in range(16):
        quota, used = nodes.quota(pool)
        assert used == sum(len(nodes.listed(pool, kind)) for kind in range(7)) <= quota


@pytest.mark.parametrize("seed", range(6))
def test_rings_stay_whole_whatever_is_asked(seed: int) -> None:
    rolls = random.Random(seed)
    nodes = Nodes(SubRam(), sixteen_pools=seed % 2 == 0)
    for _ in range(600):
        part, note, roll = rolls.randrange(26), rolls.randrange(8), rolls.random()
        if roll < 0.6:
            stroke(nodes, part, note, rolls.randint(1, 5))
        elif roll < 0.85:
            nodes.key_up(part, note, rolls.choice([loud, quiet]))
        elif roll < 0.95:
            nodes.poll([rolls.getrandbits(16) | rolls.getrandbits(16) for _ in range(4)], QUIET)
        elif roll < 0.99:
            nodes.retire(rolls.randrange(64))
        else:
            nodes.key_up(part, None, loud)
    check(nodes)
    nodes.poll(ALL, QUIET)
    nodes.poll(SILENT, QUIET)
    check(nodes)
    assert nodes.used == 0


@pytest.mark.parametrize("seed", range(6))
def test_every_byte_is_as_plain_python_leaves_it(seed: int) -> None:
    rolls = random.Random(seed)
    rams = SubRam(), SubRam()
    both: tuple[Nodes | PlainNodes, ...] = (
        Nodes(rams[0], sixteen_pools=seed > 2),
        PlainNodes(rams[1], sixteen_pools=seed > 2),
    )
    levels = [0] * 64
    for _ in range(1200):
        part, note, roll = rolls.choice((0, 1, 9, rolls.randrange(26))), rolls.randrange(8), rolls.random()
        levels[rolls.randrange(64)] = rolls.choice((0, 0x7F, 0x80, 0xFF))
        answers: list[object] = []
        layers, rings = rolls.randint(1, 6), rolls.random() < 0.2
        bitmaps = [rolls.getrandbits(16) | rolls.getrandbits(16) | rolls.getrandbits(16) for _ in range(4)]
        number = rolls.randrange(64)
        for nodes in both:
            if roll < 0.55:
                nodes.begin_stroke()
                answers.append([nodes.allocate(part, note, layer, rings=rings) for layer in range(layers)])
            elif roll < 0.85:
                answers.append(nodes.key_up(part, note, levels.__getitem__))
            elif roll < 0.93:
                answers.append(nodes.poll(bitmaps, np.array(levels, np.uint8)))
            elif roll < 0.98:
                nodes.retire(number)
            else:
                answers.append(nodes.key_up(part, None, levels.__getitem__))
        assert answers[1:] == answers[:-1]
        assert rams[0].image == rams[1].image


@pytest.mark.parametrize("seed", range(8))
def test_lists_that_something_else_wrote_over_do_no_harm(seed: int) -> None:
    rolls, ram = random.Random(seed), SubRam()
    nodes = Nodes(ram)
    for note in range(40):
        stroke(nodes, note % 3, note, layers=2)
    for address in range(POOLS, NODES + 64 * 39):
        if rolls.random() < 0.05 or seed == 0:
            ram.image[address] = rolls.randrange(256)
    for note in range(40):
        stroke(nodes, note % 26, note, layers=2)
        nodes.retire(note)
        assert len(nodes.key_up(note % 26, note, quiet)) <= 64
    for part in range(26):
        nodes.key_up(part, None, loud)
