"""Write the demo's files again: python data/demo/generate.py. Equal seed, equal bytes."""

from pathlib import Path

import geopandas as gpd

from service.demo.generate import all_files

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Files beside this script, from the default boundaries."""
    units = gpd.read_file(HERE.parent / "boundaries" / "basra_subdistricts.geojson")
    for kind, text in all_files(units.set_index("code")).items():
        (HERE / f"{kind.value}.csv").write_text(text, encoding="utf-8")
        print(f"{kind.value}.csv: {text.count(chr(10)) - 1} rows")


if __name__ == "__main__":
    main()
