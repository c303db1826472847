"""到手价: the documented examples, and what must hold whatever the promotions."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koubo.catalog.money import to_fen
from koubo.catalog.offers import ANYONE, Buyer, NoOffer, Offer, offer
from koubo.catalog.records import Promotion
from tests.koubo.catalog.offer_tables import AT, Example, examples, promotion, sold

EXAMPLES = examples()


def steps_of(found: Offer) -> str:
    pairs = ((step.before, step.after) for step in found.steps)
    return ", ".join(f"{_plain(before)}→{_plain(after)}" for before, after in pairs)


def _plain(amount: Decimal) -> str:
    return str(amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.case for example in EXAMPLES])
def test_worked_example(example: Example) -> None:
    found = offer(sold(example.price, example.promotions), example.buyer, example.pieces, AT)
    if example.pays is None:
        assert isinstance(found, NoOffer)
        assert example.last in found.reason
        assert found.conditions == example.promotions
    else:
        assert isinstance(found, Offer), found
        assert (found.total, steps_of(found)) == (example.pays, example.last)
        assert found.unit_price == to_fen(example.pays / example.pieces)


def test_every_table_is_read() -> None:
    assert len(EXAMPLES) >= 40
    assert {e.kind for example in EXAMPLES for e in example.promotions} == {
        "threshold_discount",
        "quantity_discount",
        "coupon",
        "member_price",
        "group_buy",
        "flash_price",
        "gift",
    }


def test_a_range_of_prices_needs_a_sku() -> None:
    product = sold(Decimal("59.90"), price_is_range=True, sku_prices={"M": Decimal("59.90"), "XL": Decimal("64.90")})
    without = offer(product, ANYONE, 1, AT)
    assert isinstance(without, NoOffer)
    assert "choose one" in without.reason
    chosen = offer(product, ANYONE, 2, AT, sku_id="XL")
    assert isinstance(chosen, Offer)
    assert chosen.total == Decimal("129.80")
    with pytest.raises(ValueError, match="no SKU 'S'; has M, XL"):
        offer(product, ANYONE, 1, AT, sku_id="S")


@pytest.mark.parametrize(("stock", "reason"), [(0, "sold out"), (1, "only 1 left, 2 asked for")])
def test_too_few_pieces(stock: int, reason: str) -> None:
    found = offer(sold(Decimal(10), stock=stock), ANYONE, 2, AT)
    assert isinstance(found, NoOffer)
    assert found.reason == reason


def test_an_offer_lasts_until_the_next_change_and_is_not_given_for_later() -> None:
    product = sold(Decimal(10), not_after=AT + timedelta(minutes=5))
    found = offer(product, ANYONE, 1, AT + timedelta(minutes=4))
    assert isinstance(found, Offer)
    assert found.not_after == AT + timedelta(minutes=5)
    later = offer(product, ANYONE, 1, AT + timedelta(minutes=5))
    assert isinstance(later, NoOffer)
    assert "read them again" in later.reason


def test_no_pieces_is_an_error() -> None:
    with pytest.raises(ValueError, match="quantity: 0"):
        offer(sold(Decimal(10)), ANYONE, 0, AT)


GROUPS = ("", "[甲]", "[乙]", "[丙]")
PEOPLE = ("", "(新客)", "(会员V8)", "(未知)")
MONEY = st.integers(1, 60_000).map(lambda fen: Decimal(fen) / 100)
BUYERS = st.sampled_from([ANYONE, Buyer(new_customer=True), Buyer(grades=frozenset({"V8"})), Buyer(group_size=3)])


@st.composite
def spelled(draw: st.DrawFn) -> str:
    amount = draw(st.integers(1, 300))
    what = draw(
        st.sampled_from(
            [
                f"满{amount + draw(st.integers(1, 300))}减{amount}",
                f"{draw(st.integers(1, 5))}件{draw(st.integers(10, 99))}%",
                f"券满{amount + draw(st.integers(1, 300))}减{amount}",
                f"券减{amount}",
                f"秒杀价{amount}",
                f"{draw(st.integers(2, 5))}人团减{amount}",
                f"满{draw(st.integers(1, 3))}件送杯垫",
            ]
        )
    )
    return what + draw(st.sampled_from(PEOPLE)) + draw(st.sampled_from(GROUPS))


PROMOTIONS = st.lists(spelled(), max_size=5).map(
    lambda written: tuple(promotion(w, f"p{n}") for n, w in enumerate(written))
)


@settings(max_examples=150, deadline=None)
@given(MONEY, PROMOTIONS, BUYERS, st.integers(1, 8))
def test_an_amount_is_above_zero_never_above_the_price_and_explained(
    price: Decimal, promotions: tuple[Promotion, ...], buyer: Buyer, pieces: int
) -> None:
    found = offer(sold(price, promotions), buyer, pieces, AT)
    if isinstance(found, NoOffer):
        assert found.reason
        return
    amounts = [price * pieces, *(step.after for step in found.steps)]
    assert [step.before for step in found.steps] == amounts[:-1]
    assert found.total == amounts[-1] > 0
    assert amounts == sorted(amounts, reverse=True)


@settings(max_examples=150, deadline=None)
@given(MONEY, PROMOTIONS, BUYERS, st.integers(1, 8), st.randoms())
def test_the_order_of_promotions_does_not_matter(
    price: Decimal, promotions: tuple[Promotion, ...], buyer: Buyer, pieces: int, chance: random.Random
) -> None:
    shuffled = list(promotions)
    chance.shuffle(shuffled)
    one, other = (offer(sold(price, tuple(ps)), buyer, pieces, AT) for ps in (promotions, shuffled))
    assert type(one) is type(other)
    if isinstance(one, Offer):
        assert one == other


@settings(max_examples=150, deadline=None)
@given(MONEY, PROMOTIONS, BUYERS, st.integers(1, 8))
def test_without_thresholds_a_piece_never_costs_more_when_more_are_bought(
    price: Decimal, promotions: tuple[Promotion, ...], buyer: Buyer, pieces: int
) -> None:
    by_piece = tuple(p for p in promotions if p.kind in ("flash_price", "group_buy", "quantity_discount"))
    few, more = (offer(sold(price, by_piece), buyer, n, AT) for n in (pieces, pieces + 1))
    if isinstance(few, Offer) and isinstance(more, Offer):
        assert more.total / (pieces + 1) <= few.total / pieces + Decimal("0.01")


@settings(max_examples=150, deadline=None)
@given(MONEY, PROMOTIONS, st.integers(1, 8))
def test_what_does_not_run_or_cannot_be_had_changes_nothing(
    price: Decimal, promotions: tuple[Promotion, ...], pieces: int
) -> None:
    ended = tuple(p.model_copy(update={"ends_at": AT}) for p in promotions)
    found = offer(sold(price, ended), ANYONE, pieces, AT)
    assert isinstance(found, Offer)
    assert (found.total, found.steps) == (price * pieces, ())
