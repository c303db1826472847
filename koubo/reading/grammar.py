"""The rules, in the order in which they are tried at a trigger. The first that reads what it matched wins."""

from __future__ import annotations

import re
from functools import cache

from koubo.reading import chains, codes, counts, marks, moments, money, tables
from koubo.reading.quantity import compiled
from koubo.reading.rule import Rule, Verbalizer

_SCALE = "万亿|百万|千万|亿|万"
_SIDE = r"NUM\s?(?:UNIT|(?!.?[的和款])[\u4e00-\u9fff]{1,2}(?=\s?[*xX×]\s?\d))?"


def _rules(*pairs: tuple[str, Verbalizer]) -> tuple[Rule, ...]:
    """Compile patterns into rules."""
    return tuple(Rule(compiled(pattern), read) for pattern, read in pairs)


def _letters() -> str:
    """Currency codes written in letters (RMB, US$)."""
    return tables.any_of([row[0] for row in tables.rows("currencies.tsv") if row[0][0].isalpha()])


def _names() -> tuple[tuple[str, Verbalizer], ...]:
    """Fixed spellings from the tables."""
    brands = tables.any_of([row[0] for row in tables.rows("brands.tsv")])
    days = tables.any_of([row[0] for row in tables.rows("sale_days.tsv") if row[0][0].isdecimal()])
    makers = tables.words("device_brands.txt")
    made = "".join(rf"|(?<={re.escape(maker)})" for maker in sorted(makers))[1:]
    return (
        (rf"(?:{made})\d{{1,2}}[A-Za-z]{{1,2}}(?![A-Za-z0-9+])", codes.code),
        (rf"(?<![A-Za-z0-9.])(?i:{brands})(?![A-Za-z0-9²³]|\.\d)", codes.brand),
        (
            r"(?P<mark>)(?P<first>[1-9])(?P<stars>[*]{1,3}|[xX]{1,2})(?P<rest>\d{0,2})\s?(?P<unit>元|块(?![头状]))",
            money.masked_price,
        ),
        (r"(?P<mark>)(?P<first>[1-9])(?P<stars>[*]{2,3})(?P<rest>)(?P<unit>)(?![\d*])", money.masked_price),
        (rf"(?<![A-Za-z0-9.])(?:{days})(?![A-Za-z0-9%折元块]|\.\d)", moments.sale_day),
    )


_MOMENTS: tuple[tuple[str, Verbalizer], ...] = (
    (
        r"1[3-9]\d{9}(?!\d)|1[3-9]\d[- ]\d{4}[- ]\d{4}(?!\d)|[48]00-\d{3,4}(?:-?\d{3,4})?(?!\d)|0\d{2,3}-\d{7,8}(?!\d)",
        moments.phone,
    ),
    (r"(?P<year>[12]\d{3})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)", moments.full_date),
    (r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?![\d:])", moments.clock),
    (r"\d{1,4}(?:\.\d{1,2})?(?:\s?:\s?\d{1,4}(?:\.\d{1,2})?){1,4}+(?![\d:A-Za-z])", chains.ratio),
    (r"\d[05](?=后(?:[^来天期面悔续]|$))", moments.cohort),
    (r"9\d(?=新(?![款品年人增鲜老会粉用客]))|[0-3]\d(?=[春夏秋冬][秋冬季装款新])", moments.cohort),
    (r"(?<=双)\d{1,2}(?![\d.%])", moments.doubled_day),
    (
        r"(?P<month>\d{1,2})\.(?P<day>\d{1,2})(?=[早中下晚]上|上午|中午|下午|晚(?!会)|凌晨|当天|发货|到货|下单|收到|买的|才到|[日号])",
        moments.month_day,
    ),
    (
        r"(?P<month>1[0-2]|0?[1-9])/(?P<day>\d{1,2})(?=[日号])|(?P<month0>0\d|1[0-2])-(?P<day0>\d{2})(?=[日号])",
        moments.day_of_month,
    ),
    (r"(?P<num>\d{1,4})(?=年(?!级))", moments.year),
    (
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})\s?[-~至到]\s?(?P<month2>\d{1,2})[/-](?P<day2>\d{1,2})(?![\d/-])",
        moments.day_range,
    ),
    (
        r"(?P<month>\d{1,2})\.(?P<day>\d{1,2})\s?[-~至到]\s?(?P<month2>\d{1,2})\.(?P<day2>\d{1,2})(?=[日号]|期间|活动|大促)",
        moments.day_range,
    ),
    (
        r"(?P<month>1[0-2]|0?[1-9])/(?P<day>\d{1,2})(?=下单|[上下]午|[早晚]上|中午|凌晨|发货|到货|截止|开[抢播售]|收到|当天|就到|的快递)",
        moments.month_day,
    ),
    (
        r"(?<![\d/])(?P<month>1[0-2]|0?[2-9])/(?P<day>1[3-9]|2\d|3[01])(?![\d/%*xX.]|\s?[A-Za-z\"″寸的棉码支英])",
        moments.month_day,
    ),
    (r"1[3-9]\d[*xX]{4}\d{4}(?!\d)|\d{3,4}\*{3,8}\d{2,4}(?!\d)", moments.masked_phone),
    (r"(?P<note>\d{1,4})(?P<year>(?:1[0-9]|20)\d{2})(?=年)", moments.run_in_year),
    (r"(?P<first>[12]\d{3})[/-](?P<second>\d{2})(?=[一马]?赛?季|年度|财年|学年)", chains.season),
    (
        r"(?P<first>[12]\d{3})[/-](?P<second>[12]\d{3})(?=[一马]?赛?季|年度|财年|学年|新款|款|[春秋]|年|$)",
        moments.paired_years,
    ),
    (
        r"(?P<first>[12]\d{3}|[789]\d)(?P<second>)(?=\s?[至到、和及或与]\s?(?:[12]\d{3}|[789]\d)(?:年|[至到、和及或与]\s?[12]\d{3}年))",
        moments.paired_years,
    ),
    (r"(?P<first>\d{3})(?P<second>)(?=[至到]\d{3}年(?!前|后|的?历史|以))", moments.paired_years),
)

_JOINED: tuple[tuple[str, Verbalizer], ...] = (
    (r"(?P<first>NUM)(?:%?\s?[-~至到–—]\s?(?P<second>NUM))?\s?(?P<mark>[%‰])", chains.percent),
    (r"(?P<first>NUM)/(?P<rest>NUM\s?UNIT?(?:\s?[*xX×]\s?NUM\s?UNIT?){1,4})", chains.alternatives_size),
    (
        r"(?P<head>NUM\s?UNIT?(?:\s?[*xX×]\s?NUM\s?UNIT?){0,4}+)?(?:\+-|±|\+/-)\s?(?P<num>NUM)\s?(?:(?P<unit>UNIT)|%)?",
        chains.tolerance,
    ),
    (rf"{_SIDE}(?:\s?[*xX×]\s?{_SIDE}){{1,4}}+(?![A-Za-z])", chains.size),
    (r"\d{1,2}-\d{1,2}-\d{1,2}(?=周?岁|个月|月龄)", chains.stages),
    (r"\d{1,3}(?:-\d{1,5}){2,3}+(?![\d-])", chains.named_run),
    (r"(?P<first>\d{1,2}) (?P<second>\d{1,2})(?=岁|个月|斤|天|周岁)", chains.lost_mark),
    (r"(?P<num>\d++(?:\.\d)?)(?P<gap>\s?)折", money.discount),
    (r"(?P<mark>)(?P<first>NUM)\s?[-~–—至到]{1,2}\s?(?P<second>NUM)\s?(?P<unit>元|块)(?!\d)", money.price_range),
    (r"(?P<base>\d{1,4})\^(?P<exponent>-?\d{1,3})", chains.power),
    (r"(?P<whole>\d{1,4})块(?P<part>\d{1,2})(?![\d.多个只包瓶袋件%A-Za-z])", money.spoken_price),
    (r"(?P<num>NUM)\s?(?P<scale>)(?P<unit>块钱|元(?!素|旦|宝|气|宵)|块(?![头状茎肌])|圆)", money.unit_price),
    (r"(?P<num>\d++\.\d)(?P<scale>[万亿])(?P<unit>元|块钱?)?", money.scaled_price),
    (
        r"(?P<first>NUM)\s?(?P<unit_a>UNIT)?\s?(?:-{1,4}|~{1,3}|–{1,2}|—{1,2})\s?(?P<second>NUM)\s?(?:(?P<unit_b>UNIT)|(?![\d.]))(?!-\d)",
        chains.span_of,
    ),
    (
        r"(?P<first>1[4-9]\d|[789]\d)/(?P<second>\d{2,3})(?P<grade>[A-Ca-c](?:/[A-Za-z]{1,4})?|/[A-Z]{1,4})(?![A-Za-z0-9])",
        codes.garment_size,
    ),
    (r"(?P<numbers>NUM(?:/NUM){2,12}+)\s?(?P<unit>UNIT)?", chains.listed),
    (r"(?P<first>\d++)/(?P<second>\d++)\s?(?P<unit>UNIT)?(?![\d/])", chains.fraction),
    (r"NUM\s?(?:UNIT)?(?:\s?\+\s?NUM\s?(?:UNIT)?){1,4}+", chains.plus_chain),
    (r"(?P<num>[1-9]|[12]\d|3[0-6])[mM]\+(?!\d)", chains.months_plus),
    (r"(?P<num>NUM)(?P<scale>[wWkK万千])?\+(?![\d-])", chains.plus_suffix),
)

_ALONE: tuple[tuple[str, Verbalizer], ...] = (
    (r"\d+(?:\.\d+){2,6}+(?!\d)", codes.version),
    (r"(?P<whole>[12])(?:[mM米](?P<part>\d{2})|[mM](?P<tenth>\d))(?!\d|[A-Za-z])", codes.metre_height),
    (r"(?P<feet>\d{1,2})['′](?:(?P<inches>\d{1,2})(?:\"|″|''))", codes.feet),
    (r"(?P<num>[2-9])X{1,3}L(?![A-Za-z])", codes.garment_size),
    (r"(?P<num>NUM)\s?(?P<unit>GB|gb|Gb|TB|tb|MB|mb|KB|kb|G|g|T|K|k|P|p|M)(?=[^A-Za-z0-9/²³]|$)", codes.storage),
    (r"(?P<num>NUM)(?P<unit>[wW])(?=[^A-Za-z0-9]|$)", codes.w_count),
    (r"(?P<num>NUM)[sS](?=[^A-Za-z0-9]|$)", codes.seconds),
    (r"(?P<sign>)(?P<num>NUM)(?P<unit>[vVwW])(?=\d++(?:\.\d)?[vVwWA])", codes.unit_quantity),
    (r"(?P<sign>)(?P<num>NUM)\s?(?P<unit>UNIT)", codes.unit_quantity),
    (r"(?P<whole>\d{1,2}) (?P<part>\d)(?=包邮|元|块)", money.spaced_price),
    (r"(?<=第)\d++(?![.\dA-Za-z])", counts.ordinal),
    (r"(?<=[买送赠])\d{1,3}(?=\s?[件盒瓶袋]?[送赠免得享])|(?<=[送赠])\d{1,2}(?![.\d%A-Za-z元块])", counts.deal),
    (r"\d++(?:-?[A-Za-z]++\d*+)++(?:[-/]?[A-Za-z0-9]++)*+", codes.code),
    (r"(?P<num>\d++\.\d++)(?![.\dA-Za-z])", money.bare_price),
    (r"\d++\.\d++|\.\d{2,3}(?=口径|mm|cm|英寸)", counts.decimal),
    (r"\d{1,3}(?:,\d{3})++(?!\d)|\d++", counts.integer),
)


@cache
def number_rules() -> tuple[Rule, ...]:
    """Rules that start at a digit."""
    coded = (rf"(?P<num>NUM)(?P<scale>{_SCALE})?\s?(?P<mark>(?i:{_letters()}))(?![A-Za-z0-9])", money.marked_price)
    return _rules(*_names(), coded, *_MOMENTS, *_JOINED, *_ALONE)


@cache
def code_rules() -> tuple[Rule, ...]:
    """Rules that start at a Latin run."""
    marks_ = _letters()
    brands = tables.any_of([row[0] for row in tables.rows("brands.tsv") if row[0][0].isalpha()])
    return _rules(
        (rf"(?i:{brands})(?![A-Za-z0-9])", codes.brand),
        (rf"(?P<mark>(?i:{marks_}))\s?(?P<num>NUM)(?P<scale>{_SCALE})?", money.marked_price),
        (
            r"(?P<name>(?:GB|FZ|QB|SN|HG|NY|JB|DB|YY|YD|SJ|LY|Q|T|GBT|ISO|EN|IEC|CAS)(?:/[A-Z]{1,4})?)\s?(?P<body>\d{3,6}(?:\.\d{1,2})?)(?:-(?P<year>\d{4}))?(?![A-Za-z0-9])",
            codes.standard,
        ),
        (
            r"(?P<name>SPF|PA|spf|pa)\s?(?:(?P<pluses>\+{1,5})|(?P<num>\d{1,3})(?P<plus>\+)?)(?P<rest>)",
            codes.grade_plus,
        ),
        (r"(?:I{2,3}|IV|VI{0,3}|IX)(?=[代型期级类](?![\u4e00-\u9fff]?[A-Za-z]))", codes.roman),
        (r"(?P<first>X{0,3}S|M|L|X{1,3}L)[-~](?P<second>M|L|X{1,4}L|[2-6]XL)(?![A-Za-z0-9-])", codes.letter_range),
        (
            r"(?!X{0,3}[SML]-\d++-\d++[斤kK])[A-Za-z]++(?:[-_]?(?:\d++(?:\.\d++){0,4}|[A-Za-z]++))*+(?:/(?=[A-Za-z0-9]{1,3}(?![A-Za-z0-9]))[A-Za-z0-9]{1,3}){0,12}+",
            codes.code,
        ),
    )


@cache
def mark_rules() -> tuple[Rule, ...]:
    """Rules that start at a sign."""
    marks_ = tables.any_of([row[0] for row in tables.rows("currencies.tsv") if not row[0][0].isalpha()])
    return _rules(
        (r"(?P<mark>[¥])\s?(?P<first>NUM)\s?[-~–—至到]{1,2}\s?¥?(?P<second>NUM)(?P<unit>元)?(?!\d)", money.price_range),
        (
            r"(?P<mark>[¥])\s?(?P<first>[1-9])(?P<stars>[*]{1,3}|[xX]{1,3})(?P<rest>\d{0,2})(?P<unit>元)?(?![A-Za-z\d])",
            money.masked_price,
        ),
        (rf"(?P<mark>{marks_})\s?(?P<num>NUM)(?P<scale>{_SCALE})?元?", money.marked_price),
        (r"\+86[- ]?1[3-9]\d{9}(?!\d)", moments.phone),
        (
            r"(?<![0-9A-Za-z)）℃°%度天年月日点分米克斤元块个])(?P<sign>-)(?P<num>NUM)\s?(?P<unit>UNIT)",
            codes.unit_quantity,
        ),
        (
            r"(?<![0-9A-Za-z)）℃°%])(?<!\d[度天年月日点分米克斤元块个])-(?P<first>NUM)\s?[~–—至到]\s?(?P<minus>-)?(?P<second>NUM)\s?(?P<unit>UNIT|度)",
            chains.below_zero,
        ),
        (r"(?<=温度|气温|低至|最低)(?P<sign>-)(?P<num>NUM)\s?(?P<unit>UNIT)", codes.unit_quantity),
        (r"-(?=[12]?\d{3}年)", chains.until),
        (r"(?<![\w)）%。.-])-(?P<num>NUM)(?![-\d])(?=\s?(?:[度摄到至~、,，。)）/]|$))", counts.negative),
        (r"(?P<head>)(?:\+-|±|\+/-)\s?(?P<num>NUM)\s?(?:(?P<unit>UNIT)|%)?", chains.tolerance),
        (r"(?:\+-|\+/-|±)(?=[^\d\s]|$)", marks.more_or_less),
        (r"\++", marks.plus),
        (r"/(?P<unit>UNIT)", chains.per_unit),
        (r"/", chains.per),
        (r"(?:--?|~|–|—)(?=\s?\d)", chains.joint),
        (r"(?<=\d)[-–](?=[、)）])", chains.open_end),
        (r"(?<=[\w)）])[*×](?=\d{1,3}(?![\d.]))", chains.times),
        (r"(?<=[\w%])[<>](?=\s?\d)", marks.said),
        (r"[=≈≠≥≤±×÷∞√№]", marks.said),
        (r"[²³¹¼-¾⁰-⁹⅐-\u2188①-⒛⓪-⓿❶-➓㈠-㈩㊀-㊉]", marks.numeral),
        (
            r"[\u2190-\u21ff\u25a0-\u2775\u2794-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]++|[【】〖〗『』「」〔〕]",
            marks.silent,
        ),
    )


def rules_for(trigger: str) -> tuple[Rule, ...]:
    """Return the rules for a trigger character, in the order in which they are tried."""
    if trigger in "0123456789.":
        return number_rules()
    return code_rules() if (trigger.isascii() and trigger.isalpha()) or trigger == "_" else mark_rules()
