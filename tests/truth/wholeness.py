"""Whether a script is whole once sentences were dropped: its opening, price and closing, and nothing that dangles."""

from __future__ import annotations

import re
from collections import Counter

from koubo.script.render import RenderedScript, RenderedSection
from koubo.script.script import Script

_PRICE = re.compile("现价|页面价|到手")
_CALL = re.compile("小黄车|下单|拍|链接|购物车|带走|带回家|结账|结了|提交|付款|下手|点进去|点一下|来一份|去买|占个位置")
_DANGLING = re.compile("还有(?!没)|另外|再来看|再往下说|再补一句|还没完|顺便|然后呢|对了|而且|再提醒")


def wholeness(script: Script, rendered: RenderedScript) -> Counter[str]:
    """Counts of sentences dropped and rewritten, of scripts that lost a part, of sections that begin as if going on."""
    found: Counter[str] = Counter(
        {"sentences dropped": len(rendered.dropped), "sentences rewritten": len(rendered.rewritten)}
    )
    found["sentences"] = sum(len(section.sentences) for section in rendered.sections)
    by_kind = {kind: [s for s in rendered.sections if s.kind == kind] for kind in ("hook", "offer", "closing")}
    composed = {section.kind for section in script.sections}
    if "offer" in composed and not any(_PRICE.search(_text(section)) for section in by_kind["offer"]):
        found["without its price"] += 1
    if not any(script.brief.short_name in s.written for section in by_kind["hook"] for s in section.sentences):
        found["without its opening"] += 1
    if not any(_CALL.search(_text(section)) for section in by_kind["closing"]):
        found["without its closing"] += 1
    found["sections that dangle"] = sum(bool(_DANGLING.match(_text(section))) for section in rendered.sections)
    repeated = Counter(s.written for section in rendered.sections for s in section.sentences)
    found["sentences said twice"] = sum(count - 1 for count in repeated.values())
    return +found


def _text(section: RenderedSection) -> str:
    return "".join(sentence.spoken for sentence in section.sentences)
