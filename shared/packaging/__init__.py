"""Files that a person takes along: CSV, a manifest with hashes, the ZIP around them (C8.1, C8.5).

Pure: values go in, bytes come out. Whoever uses it decides what goes in and who may have it.
"""

from shared.packaging.csv_table import csv_table
from shared.packaging.manifest import Manifest, PackagedFile, PackagedPart, sha256_of
from shared.packaging.package import MANIFEST, PackageFile, package

__all__ = [
    "MANIFEST",
    "Manifest",
    "PackageFile",
    "PackagedFile",
    "PackagedPart",
    "csv_table",
    "package",
    "sha256_of",
]
