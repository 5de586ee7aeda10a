"""The exercise catalogue: YAML by movement pattern, its compiled form, a loader and a linter; and the protocols."""

from catalog.lint import lint, lint_files
from catalog.loader import catalogue_sha256, compile_catalogue, load_catalogue, read_exercises

__all__ = ["catalogue_sha256", "compile_catalogue", "lint", "lint_files", "load_catalogue", "read_exercises"]
