"""Writes a synthetic shop of any size as catalogue tables: for benchmarks, seeded, the same bytes every time.

    python -m benchmarks.large_catalog --out /data/shop                      200,000 products
    python -m benchmarks.large_catalog --products 20000 --seed 7 --out /data/shop

What follows the shape of real shops: categories, brands, attribute values and selling points are drawn by Zipf's law (a
few are everywhere, most are rare), a product has two to six attributes, up to six SKUs, a keyword or none, up to two
pictures; one product in two has a review. Built with `pictures`, 200,000 products give about 1.6 million edges and 3
million facts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_jobs.schemas import UNDERSTOOD

BATCH = 10_000


def _words(text: str) -> list[str]:
    return text.split()


SCENES = _words(
    "通勤 办公室 户外 骑行 露营 送礼 新生儿 待产包 宿舍 厨房 卧室 客厅 旅行 出差 健身 开学 囤货 早餐 追剧 婚庆"
)
TOPS = _words("服饰 家居 食品 美妆 数码 母婴 运动 家电 宠物 图书 文具 玩具 珠宝 汽车用品 箱包 乐器 园艺 五金 医护 生鲜")
THINGS = _words("套装 上装 下装 杯具 床品 零食 护理 配件 收纳 灯具 坐垫 工具")
STYLES = _words("经典 轻奢 日系 北欧 国风 极简 复古 户外 儿童 便携")
COLOURS = _words("米白 雾灰 墨绿 松绿 奶白 云白 曜石黑 月光白 杏粉 薄荷绿 樱花粉 藏青 卡其 酒红 焦糖 雾蓝")
MATERIALS = _words(
    "100%棉 长绒棉 亚麻 真丝 羊毛 聚酯纤维 锦纶 头层牛皮 橡胶 不锈钢 高硼硅玻璃 陶瓷 竹浆 实木 硅胶 PPSU"
)
PLACES = _words("中国 浙江 广东 福建 江苏 山东 黑龙江 云南 日本 德国 意大利 澳大利亚")
GOODS = _words("柔软 透气 轻便 耐磨 防水 保暖 速干 易清洗 静音 大容量 不变形 不起球 亲肤 低敏 稳固 好收纳")
PARTS = _words("面料 领口 袖口 杯身 杯盖 底座 内衬 边角 手柄 拉链 刷头 滤网 靠背 提手 盒盖 走线")
MANNERS = _words("很 更 特别 格外 一直 依然 洗后仍 久用也 冬天也 夏天也 出门也 单手也")
LABELS = ("材质", "颜色", "产地", "风格", "尺寸", "容量", "重量", "工艺", "适用季节", "适用人群", "包装", "系列")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a shop of this size draws from."""

    categories: list[list[str]]
    brands: list[str]
    points: list[str]
    crafts: list[str]


def vocabulary(products: int) -> Vocabulary:
    """About one brand for 50 products, one category for 100, one selling point for 20, as in the real shops."""
    categories = [[top, f"{top}{thing}", f"{style}{thing}"] for style in STYLES for thing in THINGS for top in TOPS]
    marks = "桐禾澄絮栖迅糯谷衡朴清和木山云水"
    names = [f"{a}{b}{c}" for a in marks for b in marks for c in marks]
    points = [f"{part}{manner}{good}" for good in GOODS for part in PARTS for manner in MANNERS]
    crafts = [f"{material}{good}工艺" for material in MATERIALS for good in GOODS]
    wide = max(1, products // 100), max(1, products // 50), max(1, products // 20)
    return Vocabulary(categories[: wide[0]], names[: wide[1]], points[: wide[2]], crafts)


def zipf(rng: np.random.Generator, kinds: int, size: int, exponent: float = 0.9) -> NDArray[np.int64]:
    """`size` draws from `kinds` things, the n-th with weight 1 / n ** exponent."""
    weights = 1 / np.arange(1, kinds + 1) ** exponent
    return rng.choice(kinds, size, p=weights / weights.sum())


def products(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """The rows of the products table."""
    words = vocabulary(count)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        rng = np.random.default_rng([seed, start])
        drawn = {
            "category": zipf(rng, len(words.categories), size),
            "brand": zipf(rng, len(words.brands), size),
            "points": zipf(rng, len(words.points), size * 2, 0.7).reshape(size, 2),
            "craft": zipf(rng, len(words.crafts), size),
            "any": rng.integers(0, 1 << 30, (size, 8)),
        }
        columns = {name: column.tolist() for name, column in drawn.items()}
        for row in range(size):
            yield _product(start + row, words, {name: column[row] for name, column in columns.items()})


def _product(number: int, words: Vocabulary, drawn: dict[str, Any]) -> dict[str, Any]:
    dice: list[int] = drawn["any"]
    category, brand = words.categories[drawn["category"]], words.brands[drawn["brand"]]
    price = 9.9 + dice[0] % 400
    return {
        "id": f"p{number:07d}",
        "title": f"{brand}{category[-1]}{COLOURS[dice[1] % 16]}{1 + dice[2] % 9}件装 {number}款",
        "brand": brand,
        "category": category,
        "brief": "，".join(words.points[place] for place in drawn["points"][: 1 + (dice[3] % 3 == 0)]),
        "unit": "件",
        "price": f"{price:.2f}",
        "list_price": f"{price * 1.4:.2f}" if dice[4] % 2 else None,
        "attributes": dict(_attributes(drawn["category"], words.crafts[drawn["craft"]], dice)),
        "skus": [
            {"options": {"颜色": COLOURS[(dice[1] + n) % 16]}, "price": f"{price + 5 * n:.2f}", "stock": 7 * n + 3}
            for n in range(dice[5] % 7)
        ],
        "keywords": [SCENES[dice[6] % 20]] if dice[6] % 2 else [],
        "images": [f"{number % 1000:03d}/{number}_{n}.jpg" for n in range(dice[7] % 3)],
    }


def _attributes(category: int, craft: str, dice: list[int]) -> Iterator[tuple[str, str]]:
    """Two to six attributes: common values, values of the category, and sizes that few share."""
    yield "材质", MATERIALS[(category + dice[0] % 4) % 16]
    yield "产地", PLACES[dice[1] % 12 if dice[1] % 3 else 0]
    if dice[5] % 2:
        yield "颜色", COLOURS[dice[1] % 16]
    if dice[6] % 3 == 0:
        yield "工艺", craft
    if dice[2] % 2:
        yield LABELS[4 + category % 3], f"{dice[2] % 97 + 1}*{dice[3] % 89 + 1}cm"
    if dice[3] % 4 == 0:
        yield "系列", f"{STYLES[category % 10]}{1 + dice[4] % 40}号"


def pictures(folder: Path) -> pl.DataFrame:
    """What pictures state, for every picture of a shop's products: nothing."""
    told = pl.scan_ndjson(folder / "products.jsonl", schema={"images": pl.List(pl.String)}).collect()
    images = told["images"].explode().drop_nulls().unique().sort()
    nothing = pl.lit([], dtype=UNDERSTOOD["statements"])
    return images.to_frame("image_id").with_columns(statements=nothing, error=pl.lit(None, dtype=pl.String))


def reviews(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """A review of every second product on average, more of the first ones."""
    rng = np.random.default_rng([seed, 1])
    about = (count * rng.power(0.6, count // 2)).astype(int).tolist()
    dice = rng.integers(0, 1 << 30, (count // 2, 3)).tolist()
    for number, (product, (part, good, rating)) in enumerate(zip(about, dice, strict=True)):
        said = f"用了一阵子，{PARTS[part % 16]}{GOODS[good % 16]}，家里人都很喜欢"
        yield {"id": f"r{number}", "product_id": f"p{product:07d}", "text": said, "rating": 3 + rating % 3}


QUESTIONS = (
    {"id": "q0", "question": "多久发货？", "answer": "现货商品48小时内发出。"},
    {"id": "q1", "question": "能开发票吗？", "answer": "能，下单时填好抬头。"},
)


def promotions(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """One promotion for 200 products, each over two to forty of them, and one for the whole shop."""
    rng = np.random.default_rng([seed, 2])
    yield {"id": "all", "kind": "threshold_discount", "product_ids": None, "threshold": "199", "amount_off": "20"}
    for number in range(count // 200):
        chosen = np.unique(rng.integers(0, count, rng.integers(2, 41)))
        covered = [f"p{product:07d}" for product in chosen.tolist()]
        yield {
            "id": f"pr{number}",
            "kind": "quantity_discount",
            "product_ids": covered,
            "min_quantity": 2,
            "percent_of_price": "90",
        }


def write_shop(folder: Path, count: int, seed: int = 0) -> None:
    """Write the four tables of a shop of `count` products into `folder`, which is made where missing."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Iterator[dict[str, Any]]] = {
        "products": products(count, seed),
        "reviews": reviews(count, seed),
        "questions": iter(QUESTIONS),
        "promotions": promotions(count, seed),
    }
    for name, rows in tables.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="folder for products.jsonl and the other tables")
    given = parser.parse_args()
    write_shop(given.out, given.products, given.seed)


if __name__ == "__main__":
    main()
