"""`python -m tests.fuzz CODEC --seconds N`: atheris looks for bytes that break a codec or its driver.

What breaks one is written to `tests/fuzz/corpus/CODEC/`, where the tests find it from then on. Atheris comes with
`uv pip install --group fuzz`; it instruments what it imports, so the codecs are imported under its eyes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
NAMES = (
    "escpos-status", "escpos-paper", "labels", "concert", "caisse-ap", "zvt", "toledo", "mt-sics",
    "dialog-06", "gs1", "vfd", "evdev", "scanner", "uevent", "address",
)  # fmt: skip


def main() -> None:
    """Fuzz one codec."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("codec", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument(
        "--corpus", type=Path, help="a folder that keeps what reached new code, for the next time"
    )
    options = parser.parse_args()
    try:
        import atheris  # noqa: PLC0415 - it is not needed to test
    except ImportError:
        parser.exit(2, "atheris is not installed here: uv pip install --group fuzz\n")
    with atheris.instrument_imports(include=["devices", "tui_pos.sale", "biip"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - see above
    fuzzed = TARGETS[options.codec]
    found = CORPUS / options.codec
    found.mkdir(parents=True, exist_ok=True)
    work = options.corpus or Path(tempfile.gettempdir()) / "tui-pos-fuzz" / options.codec
    work.mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(fuzzed.seeds):
        (work / f"seed-{n}").write_bytes(seed)
    arguments = [
        f"-max_total_time={options.seconds}",
        "-max_len=600",
        "-timeout=5",
        f"-artifact_prefix={found}/",
    ]
    atheris.Setup([sys.argv[0], *arguments, str(work), str(found)], fuzzed.target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
