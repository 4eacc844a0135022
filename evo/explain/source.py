"""Docstrings and imports of modules that are read, not imported.

So a list is there at once, and without the extras that its entries need.
"""

import ast
import inspect
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from evo.registry import resolve


def docstring(target: str) -> str:
    """The docstring of ``"package.module"`` or of ``"package.module:Class.method"``; "" for none.

    What its source does not show, such as a name that is imported there, is imported.
    """
    module, _, attribute = target.partition(":")
    tree = parsed(module)
    node = tree if tree is None or not attribute else _inside(tree, attribute.split("."))
    if node is not None:
        return ast.get_docstring(node) or ""
    if not attribute:
        return inspect.getdoc(sys.modules.get(module)) or ""
    return inspect.getdoc(resolve(target)) or ""


def imports(module: str) -> list[str]:
    """What a module takes ``from`` other modules, each as ``"package.module:name"``."""
    tree = parsed(module)
    return [
        f"{node.module}:{alias.name}"
        for node in (() if tree is None else ast.walk(tree))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]


@cache
def parsed(module: str) -> ast.Module | None:
    """The syntax tree of a module; None where there is no source to read."""
    path = _path(module)
    return None if path is None else ast.parse(path.read_text(encoding="utf-8"))


def _path(module: str) -> Path | None:
    """The file of a module, whose packages are not imported to find it."""
    first, *others = module.split(".")
    loaded = getattr(sys.modules.get(module), "__file__", None)
    if loaded is None and first == "__main__":
        return None
    if loaded is None:
        spec = find_spec(first)
        if spec is None:
            return None
        if not others:
            loaded = spec.origin
        for folder in spec.submodule_search_locations or () if others else ():
            place = Path(folder, *others)
            found = (place.with_suffix(".py"), place / "__init__.py")
            loaded = next((str(path) for path in found if path.is_file()), loaded)
    path = None if loaded is None else Path(loaded)
    return path if path is not None and path.suffix == ".py" and path.is_file() else None


def _inside(
    tree: ast.Module, names: list[str]
) -> ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The definition that a path of names leads to; None if there is none."""
    node: ast.AST = tree
    for name in names:
        node = next(
            (
                child
                for child in ast.iter_child_nodes(node)
                if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
                and child.name == name
            ),
            ast.Pass(),
        )
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node
    return None


def fields(target: str) -> list[str]:
    """The names of the settings in a class, those of its bases first.

    Args:
        target: ``"module:Class"``; what it derives from, or is another name of, is followed.
    """
    module, _, path = target.partition(":")
    tree = parsed(module)
    if tree is None:
        return []
    *outer, name = path.split(".")
    scope = tree if not outer else _inside(tree, outer)
    if scope is None:
        return fields(_imported(tree, path)) if _imported(tree, path) else []
    for node in scope.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            names = [field for base in node.bases for field in _of(module, base)]
            own = [
                line.target.id
                for line in node.body
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
            ]
            return list(dict.fromkeys([*names, *own]))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                return _of(module, node.value)
    if isinstance(scope, ast.ClassDef):
        return [field for base in scope.bases for field in _of(module, base, f".{name}")]
    return fields(_imported(tree, path)) if _imported(tree, path) else []


def _of(module: str, node: ast.expr, more: str = "") -> list[str]:
    """The fields of the class that an expression names in a module."""
    name = ast.unparse(node).partition("[")[0] + more
    return [] if name.startswith("BaseSettings") else fields(f"{module}:{name}")


def _imported(tree: ast.Module, path: str) -> str:
    """Where a name comes from that a module imports; "" for elsewhere."""
    first, dot, rest = path.partition(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == first:
                    return f"{node.module}:{alias.name}{dot}{rest}"
    return ""
