"""Reading pictures: files and addresses opened safely, PaddleOCR in actors, lines into pages."""
