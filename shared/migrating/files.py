"""The migrations of a service, read from its files.

Beside what aerich writes, a file may say:

- `LOCKS`: the tables from before that it changes, locked first and in this order, so that it
  neither waits for one with the others in its hands for long nor meets a request halfway.
- `LOSES`: what a downgrade loses, as rows of which table under which condition.
- `CONTRACTS = True`: it takes away what only the version before needed, or lets in what that
  version could not live with, and so waits until no service of that version runs. Those behind it
  do not wait, and so must not build on it within the same version.
"""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from aerich.utils import decompress_dict


@dataclass(frozen=True, slots=True)
class Migration:
    """One file; `name` is what aerich's table calls it."""

    name: str
    upgrade: str
    downgrade: str
    models_state: str
    in_transaction: bool = True
    contracts: bool = False
    locks: tuple[str, ...] = ()
    loses: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """Its place in the order of all."""
        return number_of(self.name)


def number_of(name: str) -> int:
    """Return the number that a migration's name begins with; raises ValueError."""
    return int(name.partition("_")[0])


async def read_migrations(folder: Path) -> list[Migration]:
    """Return all migrations of `folder` in their order."""
    return [await _read(path) for path in migration_paths(folder)]


def migration_paths(folder: Path) -> list[Path]:
    """Return their files in their order."""
    return sorted(folder.glob("[0-9]*_*.py"), key=lambda path: number_of(path.name))


async def _read(path: Path) -> Migration:
    module = _load(path)
    return Migration(
        name=path.name,
        upgrade=await module.upgrade(None),
        downgrade=await module.downgrade(None),
        models_state=json.dumps(decompress_dict(module.MODELS_STATE)),
        in_transaction=module.RUN_IN_TRANSACTION,
        contracts=getattr(module, "CONTRACTS", False),
        locks=getattr(module, "LOCKS", ()),
        loses=getattr(module, "LOSES", {}),
    )


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
