"""The closed list of kinds a written span can be."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a span is, and so how it is read. The list is closed; rows, metrics and the API use its values."""

    PRICE = "price"  # ¥9.9 九块九
    CARDINAL = "cardinal"  # 3000件 三千
    DIGITS = "digits"  # 304不锈钢 三零四
    ORDINAL = "ordinal"  # 第2件 二
    DECIMAL = "decimal"  # 3.14 三点一四
    MEASURE = "measure"  # 500ml 五百毫升
    DISCOUNT = "discount"  # 8.5折 八五折
    THRESHOLD = "threshold"  # 满200-15 满两百减十五, 买2送1
    RATIO = "ratio"  # 1:1 一比一
    FRACTION = "fraction"  # 1/3 三分之一
    PERCENT = "percent"  # 5% 百分之五
    RANGE = "range"  # 1-2天 一到两天
    SIZE = "size"  # 200*230cm 两百乘两百三十厘米
    DATE = "date"  # 3月15日, 2022-03-15
    TIME = "time"  # 20:30 二十点三十分
    YEAR = "year"  # 2023年 二零二三年
    SALE_DAY = "sale_day"  # 618 六一八
    PHONE = "phone"  # 400-800 四零零八零零
    MODEL_CODE = "model_code"  # i5-13500H i五一三五零零H
    VERSION = "version"  # 2.4.0 二点四点零
    STANDARD = "standard"  # GB/T 26850-2011
    STORAGE = "storage"  # 512GB 五百一十二G
    MEMBER_GRADE = "member_grade"  # 88VIP 八八VIP
    BRAND = "brand"  # 7-11 七幺幺
    COUNT_SUFFIX = "count_suffix"  # 100w+ 一百万加
    PLUS = "plus"  # 8+256 八加二五六
    TEMPERATURE = "temperature"  # -10°C 零下十摄氏度
    SYMBOL = "symbol"  # ★ silent, = 等于
    LEXICON = "lexicon"  # a merchant's own reading
