"""Free text: what is refused, what is not, and how often on a labelled set of our own."""

from __future__ import annotations

from time import perf_counter

import pytest

from koubo.catalog.records import Product
from koubo.protocols import ExemplarLine
from koubo.script.check import check_free_text
from tests.koubo.script.conftest import CUP, Shop

FINE = """家人们看过来，{name}我给你们拿近一点。
你们是不是也总怕杯子漏水？
第一步先看杯盖，轻轻按一下就行。
最近好多人问我这个。
一起来看看，{point1}，是不是很方便？
出门的时候往包里一塞，一点都不占地方。
千万别急着划走，听我说完。
第一次用的朋友，记得先洗一洗。
我给大家一样一样讲清楚。
喜欢的就去小黄车看看，慢慢挑。
每天上班路上都得带着它，十分顺手。
这个{name}，{color}，心里有数了吧？
早上出门赶时间的，是不是经常忘了喝水？
最后再跟你们说一句，适合自己才重要。
不锈钢的保温杯，你们自己看看。
姐妹们，天冷了想喝口热的，对不对？
我自己也在用，真的很喜欢这个颜色。
有问题就打在公屏上，我都会回。
手机放一边，先听我讲完这一段。
百搭的颜色，谁拿着都好看。
一家人出门，水杯总得带一个吧。
我最喜欢它这个开盖的声音。
怕不怕冬天水凉得快？我也怕。
杯子这东西，天天见面，得挑个顺眼的。
咱俩聊聊，加倍小心也没用，还是得会挑。
先把桌子收拾干净，一打开就能看见。
拿到手一上身，你们就明白我说的了。
来，咱们往下看，{point2}，够不够用你们自己想想。""".splitlines()

BAD = """quantity|今天只要九十九块九，赶紧拍。
quantity|买二送一，家人们听好了。
quantity|三百多个人都买了。
quantity|保温二十四个小时，早上装的热水晚上还烫。
quantity|用上十年都不会坏。
quantity|我家囤了八个，天天换着用。
quantity|喝够2升水不成问题。
ordinal|第二件更值得，随便挑。
superlative|全网最低，错过就没有了。
superlative|销量第一的保温杯来了。
superlative|顶级的工艺，国家级的品质。
superlative|最好的杯子就在这里。
other_product|这款面膜敷完水润润的。
other_product|这双小白鞋，走路特别软。
other_product|这件短袖面料很舒服，夏天穿着不闷。
unsupported|真皮的手感，特别高级。
unsupported|进口材料做的，用着放心。
unsupported|快充特别给力，出门不慌。
unsafe|能治好你的失眠，喝水都香。
unsafe|加我微信，私下跟你聊。
offer|现在下单送你一个杯刷。
offer|限时优惠，快来带走。
offer|今天直播间包邮，拍就对了。
offer|库存不多了，抢完就没有了。
quantity|力度翻倍，快乐双倍。
quantity|壹佰元都不到，玖块玖带走。
quantity|几块钱的事，别想了。
quantity|半小时出锅，一小时搞定一桌菜。
quantity|带一打回去，放着慢慢用。
quantity|拿俩，一个放家里。
quantity|每天一片，坚持就好。
superlative|独此一份，别家没有的。
superlative|杯子里的天花板，封神了。
superlative|全网都找不到对手。
superlative|这个top级的手感。
offer|也就一顿外卖的钱。
offer|一口价，白菜价，老板都亏麻了。
offer|就这一批，卖完不补。
offer|今晚过后涨回去，过时不候。
offer|多给你一瓶，加量不加价。
offer_slot|{price}，家人们冲啊。
offer_slot|{stock}，动作要快一点。
unknown_slot|{discount}给你们安排上。
unknown_slot|{origin}，你们闻一闻。
latin|Apple同款的设计，特别有型。""".splitlines()

SHAPES = """offer|给街坊价，你们懂的。
offer|价钱往下砸了一大截，降价到位。
offer|收完货再返点现给你们。
offer|里头还给你们塞一个杯垫。
offer|快递费我来付。
offer|柜子里剩得没几个了。
offer|等下播就没这个数，没了就没了。
offer|明早就要涨上去了。
offer|优\u200b惠给足。
offer|免 费 拿走。
offer|包·邮到门口。
offer|降價了，快看。
delivery|今天付款明天就收到。
delivery|拍完当天就给你寄走。
unsupported|不合心意直接给你退。
unsupported|碰坏了也给你换新的。
unsupported|平时胃寒的，用它养胃。
unsupported|随便摔，怎么踩都行。
unsupported|有紫色和橙色可以挑。
unsupported|内胆是真空的。
demand|同事们都在抢，朋友圈都买疯了。
demand|你看，又有人付款了。
comparison|比超市里的都结实。
comparison|跟进口的是同一个厂出来的。
brand|比膳魔师的轻。
brand|这是小米家的杯子。
brand|周杰伦出门也带着。
endorsement|这是奥运会指定的。
endorsement|隔壁影帝也都在用这个，影帝推荐。
contact|去天猫搜一搜。
contact|想要链接的私我。
contact|扫下面的码进来。
quantity|点一得一，划得来。
quantity|一斤水都装得下。
quantity|ㄧ折拿走。
quantity|半升的大小。""".splitlines()


@pytest.mark.parametrize("row", SHAPES)
def test_what_is_promised_or_made_up_in_other_words_is_refused(shop, row: str) -> None:
    rule, text = row.split("|")
    assert rule in {refusal.rule for refusal in check_free_text(text, shop.brief("cup"))}


def test_a_refusal_quotes_the_words_as_they_were_written(shop) -> None:
    (refusal,) = check_free_text("今天给个優\u200b惠吧", shop.brief("cup"))
    assert (refusal.rule, refusal.words) == ("offer", "優\u200b惠")


def test_a_colour_the_product_has_may_be_named_and_one_worn_with_it(shop) -> None:
    brief = shop.brief("cup")
    assert check_free_text("绿色耐看，奶白色清爽。", brief) == ()
    assert check_free_text("配你那件红色的也合适。", brief) == ()
    assert [r.rule for r in check_free_text("还有紫色的。", brief)] == ["unsupported"]


def test_what_a_fact_promises_may_be_said() -> None:
    promised = CUP | {"attributes": {**CUP["attributes"], "售后": "七天包退", "杯身": "双层真空", "配件": "杯刷1把"}}
    brief = Shop({"cup": Product.model_validate(promised)}).brief("cup")
    assert check_free_text("真空的，配杯刷，包退。", brief) == ()


def test_many_sentences_are_checked_in_time_that_grows_with_them(shop) -> None:
    brief = shop.brief("cup")
    text = "比如说明天出门，剩下的路上喝，一样一样看，不会不会都不用怕，"

    def took(times: int) -> float:
        start = perf_counter()
        check_free_text(text * times, brief)
        return perf_counter() - start

    took(1)
    assert took(400) < 20 * max(took(100), 0.01)


@pytest.mark.parametrize("text", FINE)
def test_harmless_text_passes(shop, text: str) -> None:
    assert check_free_text(text, shop.brief("cup")) == ()


@pytest.mark.parametrize("row", BAD)
def test_claims_are_refused_by_the_right_rule(shop, row: str) -> None:
    rule, text = row.split("|")
    assert rule in {refusal.rule for refusal in check_free_text(text, shop.brief("cup"))}


def test_a_near_copy_of_an_exemplar_is_refused(shop) -> None:
    line = ExemplarLine("host-1", "hook", "刚进来的姐妹先别急着划走，听我把这个好东西说完。")
    copied = "刚进来的朋友先别急着划走，听我把这个好杯子说完。"
    assert [r.rule for r in check_free_text(copied, shop.brief("cup"), [line])] == ["copy"]
    own = "你们早上出门，是不是总忘了带水？"
    assert check_free_text(own, shop.brief("cup"), [line]) == ()


def test_a_banned_phrase_is_refused(shop) -> None:
    brief = shop.brief("cup", banned=("家人们",))
    assert [r.rule for r in check_free_text("家人们看过来，看看这个杯子。", brief)] == ["banned"]


def test_cantonese_is_refused_since_it_is_not_read(shop) -> None:
    refused = check_free_text("呢个杯真係好用嘅，大家睇下。", shop.brief("cup"))
    assert "language" in {refusal.rule for refusal in refused}
