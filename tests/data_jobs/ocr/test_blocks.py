import polars as pl
import pytest

from data_jobs.ocr.blocks import as_one_row, block_sizes, blocks


@pytest.mark.parametrize(("pictures", "actors", "most"), [(125, 2, 32), (1, 4, 32), (7, 32, 512), (10_000, 4, 16)])
def test_blocks_hold_every_picture_and_shrink_towards_the_end(pictures: int, actors: int, most: int) -> None:
    sizes = block_sizes(pictures, actors, most)
    assert sum(sizes) == pictures and max(sizes) <= most
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] == 1
    assert max(sizes) <= max(1, pictures // (4 * actors))


def test_blocks_keep_the_order() -> None:
    todo = pl.DataFrame({"image_id": [str(number) for number in range(100)]})
    dealt = blocks(todo, 2, 8)
    assert pl.concat(dealt).equals(todo)
    assert [as_one_row(block).shape for block in dealt] == [(1, 1)] * len(dealt)
    assert as_one_row(dealt[0]).to_arrow()["pictures"][0].as_py() == dealt[0].to_dicts()
