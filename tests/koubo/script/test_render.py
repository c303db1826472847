"""Rendering: what is said is true in the live values it names, and traced to facts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koubo.catalog.live import LiveView
from koubo.catalog.offers import Buyer, NoOffer, offer
from koubo.catalog.records import FlashPrice, Gift, parse_promotion
from koubo.catalog.store import LiveProduct
from koubo.reading import read
from koubo.script.render import RenderedScript, RenderedSection, render
from koubo.script.slots import Slot
from koubo.script.trace import untraced_numbers
from koubo.script.values import slot_values

DIGITS = {word: number for number, word in enumerate("零一二三四五六七八九")} | {"两": 2}
NUMBER = "[零一二两三四五六七八九十百千万]+"
DIGIT = "[一二三四五六七八九]"
MONEY = f"{NUMBER}(?:块零{DIGIT}分|块{DIGIT}(?:毛{DIGIT})?|[块元])|{DIGIT}毛{DIGIT}?|{DIGIT}分钱"


def value_of(spoken: str) -> Decimal:
    """Read an amount back from what is said; written for these tests, apart from the code they test."""
    if cents := re.fullmatch("(.)分钱", spoken):
        return Decimal(DIGITS[cents[1]]) / 100
    if dimes := re.fullmatch("(.)毛(.)?", spoken):
        return Decimal(DIGITS[dimes[1]]) / 10 + Decimal(DIGITS[dimes[2]] if dimes[2] else 0) / 100
    whole, _, rest = re.fullmatch("(.+?)([块元])(.*)", spoken).groups()
    if rest.startswith("零"):
        return whole_of(whole) + Decimal(DIGITS[rest[1]]) / 100
    tenths, _, hundredths = rest.partition("毛")
    return whole_of(whole) + Decimal(DIGITS.get(tenths, 0)) / 10 + Decimal(DIGITS.get(hundredths, 0)) / 100


def whole_of(words: str) -> Decimal:
    """Read a whole number back."""
    if "万" in words:
        high, low = words.split("万")
        return whole_of(high) * 10000 + (whole_of(low) if low else 0)
    total = 0
    digit = 0
    for word in words:
        if word in DIGITS:
            digit = DIGITS[word]
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[word]
            digit = 0
    return Decimal(total + digit)


def claimed(spoken: str, label: str) -> list[Decimal]:
    return [value_of(found) for found in re.findall(f"{label}({MONEY})", spoken)]


def check_truth(rendered: RenderedScript, live: LiveProduct) -> None:
    """Every amount that names itself is the one that it claims to be; nothing is said of what does not run."""
    spoken = rendered.spoken
    assert set(claimed(spoken, "(?:现价|页面价)")) <= {live.price}
    assert (
        ("起" in "".join(re.findall(f"(?:现价|页面价)(?:{MONEY})(起?)", spoken))) == live.price_is_range
    ) or not claimed(spoken, "(?:现价|页面价)")
    assert set(claimed(spoken, "划线价")) <= {live.list_price}
    if saved := claimed(spoken, "划线价省"):
        assert live.list_price is not None and set(saved) == {live.list_price - live.price}
    due = offer(live, Buyer(), 1, live.at)
    assert set(claimed(spoken, "到手价")) <= (set() if isinstance(due, NoOffer) else {due.total})
    running = {(p.threshold, p.amount_off) for p in live.promotions if p.kind in ("threshold_discount", "coupon")}
    for least, off in re.findall(f"满({MONEY})减({MONEY})", spoken):
        assert (value_of(least), value_of(off)) in running
    if not live.promotions:
        assert not re.search("活动|优惠到|限时|领券|会员价|拼团|下单就送", spoken)


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda n: Decimal(n) / 100)


MOMENTS = st.integers(-72, 72)
WHO = st.sampled_from(
    [{"kind": "everyone"}, {"kind": "new_customers"}, {"kind": "members", "grade": "V8"}, {"kind": "unknown"}]
)


@st.composite
def promotions(draw: st.DrawFn, number: int) -> dict:
    kind = draw(
        st.sampled_from(["threshold_discount", "coupon", "flash_price", "quantity_discount", "group_buy", "gift"])
    )
    threshold = draw(cents(200, 30000))
    fields = {
        "threshold_discount": {"threshold": threshold, "amount_off": (threshold / 3).quantize(Decimal("0.01"))},
        "coupon": {"threshold": threshold, "amount_off": (threshold / 5).quantize(Decimal("0.01"))},
        "flash_price": {"price": draw(cents(1, 20000))},
        "quantity_discount": {"min_quantity": draw(st.integers(1, 5)), "percent_of_price": draw(st.integers(10, 99))},
        "group_buy": {"group_size": draw(st.integers(2, 9)), "amount_off": draw(cents(1, 500))},
        "gift": {"gift": "杯刷1把", "min_quantity": draw(st.integers(1, 3))},
    }[kind]
    group = draw(st.sampled_from([None, "甲", "乙"]))
    start = draw(MOMENTS)
    base = datetime.fromisoformat("2026-11-22T20:00:00+08:00")
    return {
        "id": f"p{number}", "kind": kind, "stacking_group": group, "eligibility": draw(WHO), **fields,
        "starts_at": base + timedelta(hours=start), "ends_at": base + timedelta(hours=start + draw(st.integers(1, 90))),
    }  # fmt: skip


@st.composite
def views(draw: st.DrawFn) -> LiveView:
    count = draw(st.integers(0, 4))
    running = {row["id"]: parse_promotion(row) for row in (draw(promotions(n)) for n in range(count))}
    gone = frozenset({"flash", "old", "gift"} if draw(st.booleans()) else ())
    prices = {("cup", sku): draw(cents(1, 1500000)) for sku in ("松绿", "奶白") if draw(st.booleans())}
    stocks = {("cup", sku): draw(st.integers(0, 300)) for sku in ("松绿", "奶白") if draw(st.booleans())}
    return LiveView(draw(st.integers(1, 99)), prices, stocks, running, gone)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=views(), after=views(), hours=st.integers(0, 48), seed=st.integers(0, 50), occasion=st.sampled_from(
    ["opening", "single_product", "flash_sale", "last_call"]))  # fmt: skip
def test_nothing_untrue_is_said_whatever_changed(shop, script_of, before, after, hours, seed, occasion) -> None:
    script = script_of(shop.brief("cup", view=before, seed=seed, occasion=occasion, seconds=90))
    at = script.brief.at + timedelta(hours=hours)
    live = shop.live("cup", at, after)
    rendered = render(script, live, at, read)
    check_truth(rendered, live)
    assert untraced_numbers(rendered) == ()
    assert rendered.as_of == live.version
    for sentence in (s for section in rendered.sections for s in section.sentences):
        assert sentence.not_after is None or sentence.not_after > at
    kinds = [section.kind for section in rendered.sections]
    assert {"hook", "offer", "closing"} <= set(kinds)


def section(rendered: RenderedScript, kind: str) -> RenderedSection:
    return next(s for s in rendered.sections if s.kind == kind)


def test_a_proved_offer_is_said_with_the_instant_it_ends(shop, script_of) -> None:
    script = script_of(shop.brief("cup", seconds=90))
    live = shop.live("cup")
    offered = section(render(script, live, live.at, read), "offer")
    sentence = next(s for s in offered.sentences if "到手价" in s.written)
    assert "限时到手价69.9元" in sentence.written and "限时到手价六十九块九" in sentence.spoken
    assert sentence.not_after == datetime.fromisoformat("2026-11-22T22:00:00+08:00")
    assert "cup:promotion:flash" in sentence.fact_ids


def test_an_ended_promotion_takes_its_words_with_it(shop, script_of) -> None:
    script = script_of(shop.brief("cup", seconds=90))
    at = datetime.fromisoformat("2026-11-22T22:00:00+08:00")
    rendered = render(script, shop.live("cup", at), at, read)
    assert "69.9" not in rendered.written and "六十九块九" not in rendered.spoken
    assert "现价79.9元" in section(rendered, "offer").sentences[0].written
    assert rendered.rewritten and "{offer}" in rendered.rewritten[0].sentence
    assert "77" not in rendered.written, "a promotion of last year is never said"


def test_a_changed_price_is_said_at_once(shop, script_of) -> None:
    script = script_of(shop.brief("cup"))
    view = LiveView(7, {("cup", None): Decimal("66.00")}, {}, {}, frozenset({"flash", "gift"}))
    live = shop.live("cup", view=view)
    rendered = render(script, live, live.at, read)
    assert "现价66元" in rendered.written and "79.9" not in rendered.written
    assert rendered.as_of == "shop.7"
    fact = next(f for f in rendered.facts if f.kind == "price" and f.label == "价格")
    assert (fact.provenance.source, fact.provenance.place) == ("live", "live:7")


def test_sku_prices_that_differ_are_said_with_qi_and_without_an_offer(shop, script_of) -> None:
    script = script_of(shop.brief("cup", seconds=120))
    live = shop.live("cup", view=LiveView(1, {("cup", "松绿"): Decimal("59.90")}, {}, {}, frozenset()))
    rendered = render(script, live, live.at, read)
    assert "59.9元起" in rendered.written and "到手价" not in rendered.written


def test_a_name_of_which_words_are_withheld_is_a_warning(shop, script_of) -> None:
    shop.products["cup"] = shop.products["cup"].model_copy(update={"brand": "加微信abc123"})
    script = script_of(shop.brief("cup"))
    rendered = render(script, shop.live("cup"), shop.live("cup").at, read)
    assert rendered.warnings == ("name_withheld",) and script.brief.brand == ""
    assert "微信" not in rendered.written and "保温杯" in rendered.written


def test_sold_out_is_a_warning_and_stock_is_not_said(shop, script_of) -> None:
    script = script_of(shop.brief("cup"))
    live = shop.live("cup", view=LiveView(1, {}, {("cup", None): 0}, {}, frozenset()))
    rendered = render(script, live, live.at, read)
    assert rendered.warnings == ("sold_out",)
    assert "库存" not in rendered.written


def test_slots_are_aligned_in_both_forms(shop, script_of) -> None:
    script = script_of(shop.brief("cup", seconds=120))
    live = shop.live("cup")
    for sentence in (s for part in render(script, live, live.at, read).sections for s in part.sentences):
        for use in sentence.slots:
            written = sentence.written[use.start : use.end]
            spoken = sentence.spoken[use.spoken_start : use.spoken_end]
            assert written and spoken
            if use.slot == "list_price":
                assert (written, spoken) == ("划线价109元", "划线价一百零九元")
        assert [sentence.written[s.start : s.end] for s in sentence.spans] == [s.written for s in sentence.spans]


def test_values_of_another_moment_are_refused(shop, script_of) -> None:
    script = script_of(shop.brief("cup"))
    live = shop.live("cup")
    with pytest.raises(ValueError, match="take them at"):
        render(script, live, live.at + timedelta(minutes=1), read)


def test_a_fact_that_is_gone_is_not_said(shop, script_of) -> None:
    script = script_of(shop.brief("cup", seconds=90))
    live = shop.live("cup")
    rest = replace(live, facts=tuple(f for f in live.facts if f.kind != "selling_point"))
    rendered = render(script, rest, rest.at, read)
    assert "一按就开" not in section(rendered, "selling_points").sentences[0].written
    assert any("{point1}" in d.sentence for d in rendered.dropped)


def test_a_merchants_forbidden_gift_words_are_not_said(shop, script_of) -> None:
    script = script_of(shop.brief("cup", seconds=90))
    gift = Gift(id="gift", product_ids=("cup",), gift="国家级顶级杯刷", eligibility={"kind": "everyone"})
    live = shop.live("cup", view=LiveView(1, {}, {}, {"gift": gift}, frozenset()))
    assert "顶级" not in render(script, live, live.at, read).written


def test_a_number_outside_slots_is_found(shop, script_of) -> None:
    script = script_of(shop.brief("cup"))
    live = shop.live("cup")
    for words, number in (("再便宜九块九。", "九块九"), ("只剩3件。", "3"), ("买二送一。", "买二")):
        tampered = replace(script, sections=(replace(script.sections[0], slotted=words), *script.sections[1:]))
        found = untraced_numbers(render(tampered, live, live.at, read))
        assert number in {untraced.words for untraced in found}


def test_a_deadline_is_said_only_when_near(shop, script_of) -> None:
    script = script_of(shop.brief("cup", seconds=300, occasion="flash_sale"))
    flash = next(p for p in shop.promotions if isinstance(p, FlashPrice))
    far = flash.model_copy(update={"ends_at": flash.ends_at + timedelta(days=300)})
    live = shop.live("cup", view=LiveView(1, {}, {}, {"flash": far}, frozenset({"gift"})))
    assert "优惠到" not in render(script, live, live.at, read).written
    near = shop.live("cup", view=LiveView(1, {}, {}, {}, frozenset({"gift"})))
    script = script_of(shop.brief("cup", view=LiveView(1, {}, {}, {}, frozenset({"gift"})), seconds=300))
    assert "优惠到今天二十二点结束" in render(script, near, near.at, read).spoken


def test_tomorrow_is_not_said_after_midnight(shop, script_of) -> None:
    flash = next(p for p in shop.promotions if isinstance(p, FlashPrice))
    longer = flash.model_copy(update={"ends_at": datetime.fromisoformat("2026-11-23T22:00:00+08:00")})
    view = LiveView(1, {}, {}, {"flash": longer}, frozenset({"gift"}))
    script = script_of(shop.brief("cup", view=view, seconds=300, occasion="flash_sale"))
    live = shop.live("cup", view=view)
    sentences = [s for part in render(script, live, live.at, read).sections for s in part.sentences]
    said = [s for s in sentences if "优惠到明天22:00结束" in s.written]
    assert said and all(s.not_after == datetime.fromisoformat("2026-11-23T00:00:00+08:00") for s in said)


def test_a_gift_that_the_offer_excludes_is_not_said(shop, script_of) -> None:
    script = script_of(shop.brief("cup", seconds=300))
    gift = next(p for p in shop.promotions if isinstance(p, Gift))
    apart = gift.model_copy(update={"stacking_group": "单品价"})
    live = shop.live("cup", view=LiveView(1, {}, {}, {"gift": apart}, frozenset()))
    written = render(script, live, live.at, read).written
    assert "到手价69.9元" in written and "杯刷" not in written
    assert "杯刷" in render(script, shop.live("cup"), live.at, read).written


def test_a_flash_price_above_the_lowest_sku_is_not_said(shop, script_of) -> None:
    script = script_of(shop.brief("cup", seconds=300))
    live = shop.live("cup", view=LiveView(1, {("cup", "松绿"): Decimal("59.90")}, {}, {}, frozenset()))
    written = render(script, live, live.at, read).written
    assert "59.9元起" in written and "69.9" not in written


def test_promotions_whose_ids_end_alike_are_told_apart(shop) -> None:
    flash = next(p for p in shop.promotions if isinstance(p, FlashPrice))
    dearer = flash.model_copy(update={"id": "a:flash", "price": Decimal("75.00")})
    live = shop.live("cup", view=LiveView(1, {}, {}, {"a:flash": dearer}, frozenset({"gift"})))
    said = slot_values(shop.brief("cup").selling(), live)[Slot.OFFER]
    assert "69.9元" in said.written
    assert "cup:promotion:flash" in said.fact_ids and "cup:promotion:a:flash" not in said.fact_ids


def test_what_only_members_pay_is_not_said_without_its_condition(shop) -> None:
    member = {"id": "v8", "kind": "member_price", "price": "59.00", "grade": "V8", "stacking_group": "单品价"}
    view = LiveView(1, {}, {}, {"v8": parse_promotion(member)}, frozenset({"gift"}))
    values = slot_values(shop.brief("cup", buyer={"grades": ["V8"]}).selling(), shop.live("cup", view=view))
    assert values[Slot.OFFER].written == "V8会员到手价59元"
    assert values[Slot.DEAL].written == "页面价79.9元"


def values_with(shop, *rows: dict, request: dict | None = None, at: datetime | None = None, **changes) -> dict:
    """What slots say of the cup while only these promotions run."""
    running = {row["id"]: parse_promotion({"product_ids": ["cup"], **row}) for row in rows}
    view = LiveView(1, changes.get("prices", {}), {}, running, frozenset({"flash", "old", "gift"} - running.keys()))
    live = shop.live("cup", at, view) if at else shop.live("cup", view=view)
    return dict(slot_values(shop.brief("cup", **(request or {})).selling(), live))


FLASH = {"id": "flash", "kind": "flash_price", "price": "69.90", "stacking_group": "单品价"}
EVERYONE = {"kind": "everyone"}


@pytest.mark.parametrize(
    "row",
    [
        {**FLASH, "eligibility": EVERYONE},
        {
            "id": "all",
            "kind": "quantity_discount",
            "min_quantity": 1,
            "percent_of_price": "80",
            "eligibility": EVERYONE,
        },
        {"id": "off", "kind": "threshold_discount", "threshold": "70", "amount_off": "5", "eligibility": EVERYONE},
    ],
)
def test_the_price_is_not_called_the_price_now_where_everybody_pays_less(shop, row) -> None:
    """Nothing is proved to be paid beside a coupon that nobody knows whom it is for; less is paid all the same."""
    unknown = {"id": "who", "kind": "coupon", "amount_off": "3", "stacking_group": "券"}
    values = values_with(shop, row, unknown)
    assert Slot.OFFER not in values
    assert values[Slot.PRICE].written == "页面价79.9元" == values[Slot.DEAL].written


def test_a_flash_price_for_some_says_for_whom(shop) -> None:
    row = {**FLASH, "eligibility": {"kind": "new_customers"}}
    values = values_with(shop, row, request={"buyer": {"new_customer": True}})
    assert values[Slot.OFFER].written == "新客限时到手价69.9元"


def test_a_deadline_says_whose_offer_ends(shop) -> None:
    ends = {"ends_at": "2026-11-22T22:00:00+08:00"}
    coupon = {"id": "c", "kind": "coupon", "amount_off": "3", "stacking_group": "券", **ends}
    new, members = {"kind": "new_customers"}, {"kind": "members", "grade": "V8"}
    assert values_with(shop, {**coupon, "eligibility": new})[Slot.DEADLINE].written == "新客优惠到今天22:00结束"
    flash = {**FLASH, **ends, "eligibility": EVERYONE}
    both = values_with(shop, flash, {**coupon, "eligibility": new})
    assert both[Slot.DEADLINE].written == "优惠到今天22:00结束"
    gift = {"id": "g", "kind": "gift", "gift": "杯刷1把", **ends, "eligibility": members}
    assert Slot.DEADLINE not in values_with(shop, {**coupon, "eligibility": new}, gift)


def test_a_gift_that_is_not_said_does_not_hide_a_deadline(shop) -> None:
    ends = "2026-11-22T22:00:00+08:00"
    said = {"id": "g1", "kind": "gift", "gift": "杯刷1把", "ends_at": ends, "eligibility": EVERYONE}
    unsaid = {"id": "g2", "kind": "gift", "gift": "杯垫", "eligibility": EVERYONE}
    assert values_with(shop, said, unsaid)[Slot.DEADLINE].written == "优惠到今天22:00结束"


@pytest.mark.parametrize(
    ("ends_at", "said"),
    [
        ("2026-11-22T23:59:59+08:00", "优惠到今天24点结束"),
        ("2026-11-23T00:00:00+08:00", "优惠到今天24点结束"),
        ("2026-11-22T23:59:00+08:00", "优惠到今天23:59结束"),
        ("2026-11-22T20:05:30+08:00", "优惠到今天20:05结束"),
        ("2026-11-23T00:30:00+08:00", "优惠到明天0:30结束"),
        ("2026-11-24T20:00:00+08:00", "优惠到11月24日20:00结束"),
    ],
)
def test_a_deadline_is_never_said_too_late(shop, ends_at, said) -> None:
    value = values_with(shop, {**FLASH, "eligibility": EVERYONE, "ends_at": ends_at})[Slot.DEADLINE]
    assert value.written == said
    assert value.not_after is not None and value.not_after <= datetime.fromisoformat(ends_at)


def test_a_deadline_whose_minute_has_come_is_not_said(shop) -> None:
    row = {**FLASH, "eligibility": EVERYONE, "ends_at": "2026-11-22T22:00:30+08:00"}
    before = datetime.fromisoformat("2026-11-22T21:59:59+08:00")
    value = values_with(shop, row, at=before)[Slot.DEADLINE]
    assert value.not_after == datetime.fromisoformat("2026-11-22T22:00:00+08:00")
    after = values_with(shop, row, at=before + timedelta(seconds=11))
    assert Slot.DEADLINE not in after and Slot.OFFER in after


def test_a_group_that_would_take_off_the_whole_price_is_not_said(shop) -> None:
    group = {"id": "g", "kind": "group_buy", "group_size": 2, "amount_off": "80", "eligibility": EVERYONE}
    assert Slot.CONDITIONS not in values_with(shop, group)
    cheaper = values_with(shop, {**group, "amount_off": "12"})
    assert cheaper[Slot.CONDITIONS].written == "2人拼团每件减12元"


def test_an_amount_to_pay_is_never_heard_without_its_derivation(shop, script_of) -> None:
    """The script was composed without an offer, so it only says the deal; then a coupon starts."""
    bare = LiveView(1, {}, {}, {}, frozenset({"flash", "old", "gift"}))
    composed = script_of(shop.brief("cup", view=bare))
    closing = replace(composed.sections[-1], slotted="该说的都说了，{deal}，觉得合适就带走。")
    script = replace(composed, sections=(*composed.sections[:-1], closing))
    row = {"id": "c", "kind": "coupon", "amount_off": "10", "stacking_group": "券", "eligibility": EVERYONE}
    live = shop.live("cup", view=replace(bare, version=2, promotions={"c": parse_promotion(row)}))
    said = render(script, live, live.at, read).written
    assert said.endswith("该说的都说了，领券减10元，到手价69.9元，觉得合适就带走。")
    with_offer = replace(closing, slotted="算一笔账，{offer}。最后再说一句，{deal}，要的现在就可以拍。")
    told = render(replace(script, sections=(*composed.sections[:-1], with_offer)), live, live.at, read).written
    assert told.endswith("算一笔账，领券减10元，到手价69.9元。最后再说一句，到手价69.9元，要的现在就可以拍。")


def test_conditions_and_gifts_end_when_the_offer_may_come_to_exclude_them(shop) -> None:
    """Both are in the stacking group of a discount that counts from tonight on."""
    starts = datetime.fromisoformat("2026-11-22T21:00:00+08:00")
    off = {"kind": "threshold_discount", "stacking_group": "满减", "eligibility": EVERYONE}
    far = {**off, "id": "far", "threshold": "200", "amount_off": "20"}
    near = {**off, "id": "near", "threshold": "70", "amount_off": "5", "starts_at": starts}
    gift = {"id": "g", "kind": "gift", "gift": "杯刷1把", "stacking_group": "赠品", "eligibility": EVERYONE}
    values = values_with(shop, far, near, gift)
    assert values[Slot.CONDITIONS].written == "满200元减20元"
    assert values[Slot.CONDITIONS].not_after == starts == values[Slot.GIFT].not_after
    later = values_with(shop, far, near, gift, at=starts)
    assert "满70元减5元" in later[Slot.OFFER].written and Slot.CONDITIONS not in later


def test_a_banned_word_is_said_by_no_slot_and_no_stand_in(shop, script_of) -> None:
    script = script_of(shop.brief("cup", banned=("限时", "小黄车"), seconds=60))
    bare_shop = shop.live("cup", view=LiveView(1, {}, {}, {}, frozenset({"flash", "gift"})))
    for live in (shop.live("cup"), bare_shop):
        rendered = render(script, live, live.at, read)
        assert "限时" not in rendered.written and "小黄车" not in rendered.written
    assert "banned:offer" in render(script, shop.live("cup"), shop.live("cup").at, read).warnings


def test_a_script_that_may_not_say_what_a_section_is_for_tells_so(shop, script_of) -> None:
    script = script_of(shop.brief("cup", banned=("价", "保温杯")))
    live = shop.live("cup")
    rendered = render(script, live, live.at, read)
    assert "价" not in rendered.written
    assert {"lacks_hook", "lacks_offer", "banned:name", "banned:price"} <= set(rendered.warnings)


def test_merchant_words_that_are_left_out_are_told(shop, script_of) -> None:
    gift = {"id": "g", "kind": "gift", "gift": "杯刷，全场半价", "min_quantity": 1, "eligibility": EVERYONE}
    member = {"id": "m", "kind": "member_price", "price": "59", "grade": "V8，价格一元"}
    running = {row["id"]: parse_promotion(row) for row in (gift, member)}
    live = shop.live("cup", view=LiveView(1, {}, {}, running, frozenset({"flash", "gift"})))
    rendered = render(script_of(shop.brief("cup")), live, live.at, read)
    assert "半价" not in rendered.written and "一元" not in rendered.written
    assert set(rendered.warnings) == {"unsayable_gift:g", "unsayable_grade:m"}


def test_conditions_that_ask_the_same_are_not_said_side_by_side(shop) -> None:
    rows = [
        {"id": name, "kind": "threshold_discount", "threshold": "99", "amount_off": off, "product_ids": None}
        for name, off in (("five", "5"), ("ten", "10"))
    ]
    far = {"id": "a", "kind": "threshold_discount", "threshold": "999", "amount_off": "50", "product_ids": None}
    near = {"id": "z", "kind": "coupon", "threshold": "59", "amount_off": "3", "product_ids": None}
    assert values_with(shop, *rows)[Slot.CONDITIONS].written == "符合条件的用户全店满99元减10元"
    said = values_with(shop, far, near)[Slot.CONDITIONS].written
    assert said == "符合条件的用户领券满59元减3元，还有全店满999元减50元"
