"""Every form of every instruction does what the reference model says, on both executors."""

from __future__ import annotations

import dataclasses

import pytest
from tests.cpu.h8s.cases import CODE, Bench, Case, cases, compared
from tests.cpu.h8s.reference import Model

from luthier.machine.processor import Executor


@pytest.mark.parametrize("executor", ["plain", "compiled"])
def test_every_form(executor: Executor) -> None:
    bench = Bench(executor)
    wrong: list[str] = []
    for case in cases():
        wrong += bench.differences(case)
    assert not wrong, (len(wrong), wrong[:10])
    assert not bench.touched()


def test_every_operation_and_form_is_there() -> None:
    assert not compared().missing_forms
    assert not compared().missing_operations
    assert compared().undefined == 0


def test_the_comparison_can_fail() -> None:
    bench = Bench("plain")
    case = Case(bytes.fromhex("0a00"), (0xFF00,) + (0,) * 7, 0, 0x7F, 0)  # inc.b R0H
    assert not bench.differences(case)
    execute = Model.execute

    def wrong(self: Model, text: str, length: int) -> None:
        execute(self, text, length)
        self.ccr ^= 0x20

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Model, "execute", wrong)
        assert [text for text in bench.differences(case) if "CCR" in text]


def test_the_model_by_hand() -> None:
    """The model itself, with numbers from the manuals' examples of carries and digits."""
    model = Model([0] * 8, 0, 0x7F, 0, CODE, lambda _at: 0)
    model.put("R0L", 0x7F)
    model.execute("add.b #0x01,R0L", 2)
    assert (model.get("R0L"), model.ccr) == (0x80, 0x2A)  # H, N, V
    model.execute("sub.w R0,R0", 2)
    assert (model.er[0], model.ccr) == (0, 0x04)
    model.put("R1L", 0x39)
    model.execute("add.b #0x27,R1L", 2)
    model.execute("daa R1L", 2)
    assert model.get("R1L") == 0x66  # 39 + 27
    assert dataclasses.asdict(model)["er"][1] == 0x66
