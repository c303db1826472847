import io

from data_jobs.progress import Progress


def test_a_log_gets_a_line_now_and_then_and_the_last_one() -> None:
    log = io.StringIO()
    progress = Progress("ocr_images", 100, every_s=60, stream=log)
    for _ in range(100):
        progress.add()
    lines = log.getvalue().splitlines()
    assert len(lines) <= 2
    assert lines[-1].startswith("ocr_images 100/100 (")


def test_the_line_says_rate_and_time_left() -> None:
    progress = Progress("ocr_images", 100, stream=io.StringIO())
    assert progress.line(0) == "ocr_images 0/100 (0.0/s)"
    progress.add(25)
    assert progress.line(5) == "ocr_images 25/100 (5.0/s, 15 s left)"
