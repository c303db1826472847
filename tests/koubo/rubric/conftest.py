"""The rubric's tests use the scripts' shop."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def _scripts_conftest() -> ModuleType:
    name = "koubo_script_conftest"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "script" / "conftest.py")
        assert spec is not None and spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


_shared = _scripts_conftest()
shop = _shared.shop
example_shop = _shared.example_shop
exemplars = _shared.exemplars
script_of = _shared.script_of
