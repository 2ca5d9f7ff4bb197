"""Find words that this project does not use: `python -m tools.vocabulary --check`.

tools/vocabulary.toml has the terms, what to write instead, and the exceptions with their reasons.
Identifiers are the names of modules, classes, functions and parameters. Texts are the comments and
strings of Python (docstrings, log messages, help, descriptions in OpenAPI) and all of other files.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT = Path(__file__).parents[1]
TERMS = Path("tools/vocabulary.toml")
TEXTS: Final = {
    ".py",
    ".md",
    ".yml",
    ".yaml",
    ".toml",
    ".sh",
    ".html",
    ".j2",
    ".sample",
    ".cfg",
    ".json",
    ".lua",
    "",
}
_TEXT_TOKENS: Final = {"COMMENT", "STRING", "FSTRING_MIDDLE"}
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Found(NamedTuple):
    """A name or a text, and the line on which it begins."""

    line: int
    text: str


@dataclass(frozen=True)
class Term:
    """What is not written, as regular expressions; `exempt` maps files to the reason."""

    instead: str
    names: re.Pattern[str] | None = None
    words: re.Pattern[str] | None = None
    exempt: Mapping[str, str] = field(default_factory=dict)
    allowed: re.Pattern[str] | None = None
    """What is right although it holds the word."""

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> "Term":
        """Read a table of the file; `names` are whole words of an identifier, in lower case."""
        names, words, allowed = (table.get(key) for key in ("names", "words", "allowed"))
        return cls(
            instead=table["instead"],
            names=re.compile(rf"(?:^|_)(?:{names})(?=_|$)") if names else None,
            words=re.compile(rf"\b(?:{_spaced(words)})\b", re.I) if words else None,
            exempt=table.get("exempt", {}),
            allowed=re.compile("|".join(map(_spaced, allowed))) if allowed else None,
        )

    def applies(self, path: str) -> bool:
        """Say whether a file is held to this term."""
        return not any(fnmatch(path, pattern) for pattern in self.exempt)

    def in_name(self, name: str) -> str | None:
        """Return the forbidden part of an identifier."""
        found = self.names and self.names.search(_CAMEL.sub("_", name).lower())
        return found[0].strip("_") if found else None

    def in_text(self, text: str) -> Iterator[Found]:
        """Yield the forbidden words of a text; lines count from 0."""
        if self.words is None:
            return
        kept = self.allowed.sub(lambda m: re.sub(r"\S", "_", m[0]), text) if self.allowed else text
        for match in self.words.finditer(kept):
            yield Found(kept.count("\n", 0, match.start()), " ".join(match[0].split()))


def _spaced(pattern: str) -> str:
    """Let a space be any white space, also the end of a commented line."""
    return pattern.replace(" ", r"(?:\s+(?:#\s+)?)")


def terms(file: Path = ROOT / TERMS) -> tuple[list[Term], dict[str, str]]:
    """Return the terms, and the files that are held to none, with the reasons."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return [Term.read(term) for term in table["term"]], table["exempt"]


def names(tree: ast.AST) -> Iterator[Found]:
    """Yield the names of classes, functions and parameters."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield Found(node.lineno, node.name)
            case ast.arg():
                yield Found(node.lineno, node.arg)


def texts(code: str) -> Iterator[Found]:
    """Yield the comments, those of lines in a row as one, and the strings of Python code."""
    comment: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        kind = tokenize.tok_name[token.type]
        if kind in _TEXT_TOKENS:
            alone = kind == "COMMENT" and not token.line[: token.start[1]].strip()
            if comment and not alone:
                yield Found(token.start[0] - len(comment), "\n".join(comment))
                comment = []
            if alone:
                comment.append(token.string)
            else:
                yield Found(token.start[0], token.string)
        elif comment and kind != "NL":
            yield Found(token.start[0] - len(comment), "\n".join(comment))
            comment = []


def problems(path: str, content: str, held_to: Iterable[Term]) -> Iterator[str]:
    """Yield a line for each forbidden name or word of a file."""
    is_python = path.endswith(".py")
    identifiers = [Found(1, Path(path).stem)]
    found = list(texts(content)) if is_python else [Found(1, content)]
    if is_python:
        identifiers += names(ast.parse(content))
    for term in held_to:
        if not term.applies(path):
            continue
        for name in identifiers if is_python else ():
            if bad := term.in_name(name.text):
                yield f"{path}:{name.line}: {bad} in {name.text}; write {term.instead}"
        for text in found:
            for word in term.in_text(text.text):
                yield f"{path}:{text.line + word.line}: {word.text!r}; write {term.instead}"


def files(root: Path) -> list[str]:
    """Return the files that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    return sorted({name for name in listed.stdout.splitlines() if (root / name).is_file()})


def all_problems(root: Path = ROOT) -> Iterator[str]:
    """Yield the problems of all files."""
    held_to, exempt = terms(root / TERMS)
    for name in files(root):
        if Path(name).suffix in TEXTS and not any(fnmatch(name, glob) for glob in exempt):
            yield from problems(name, (root / name).read_text(encoding="utf-8"), held_to)


def main(_: list[str]) -> int:
    """Check, which is all there is to do; return the exit status."""
    found = sorted(all_problems())
    sys.stderr.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
