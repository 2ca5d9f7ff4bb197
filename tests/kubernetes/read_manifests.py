"""Read manifests and hold each against the strict schemas of a Kubernetes version.

`read_manifests.py 1.37 < manifests.yaml` writes a JSON list of {"object": …, "mistake": … or null}.
Runs in an environment of its own, .venv/tools/kubernetes, because the schemas are large.
"""

import json
import sys
from functools import cache
from typing import Any

import yaml
from kubernetes_validate import SchemaNotFoundError, ValidationError, utils, validate

utils.schema_contents = cache(utils.schema_contents)  # else it reads all of them for each object


def mistake(manifest: dict[str, Any], version: str) -> str | None:
    """What the schema says against it."""
    try:
        validate(manifest, version, strict=True)
    except ValidationError as error:
        return f"{'.'.join(map(str, error.path))}: {error.message}"
    except SchemaNotFoundError as error:
        return str(error.message)
    return None


if __name__ == "__main__":
    manifests = [one for one in yaml.safe_load_all(sys.stdin) if one is not None]
    read = [{"object": one, "mistake": mistake(one, sys.argv[1])} for one in manifests]
    json.dump(read, sys.stdout)
