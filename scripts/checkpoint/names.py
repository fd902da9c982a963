# SPDX-License-Identifier: MIT
"""Names of tensors: lists of (reference, ours)."""
from checkpoint import Failure


def linear(reference, ours):
    return [(f"{reference}.{part}", f"{ours}.{part}") for part in ("weight", "bias")]


def table(reference, ours):
    return [(f"{reference}.weight", f"{ours}.weight")]


def renamed(tensors, pairs, where, ignored=()):
    """Every tensor under its new name; strict both ways."""
    known = dict(pairs)
    missing = [a for a in known if a not in tensors]
    unknown = [k for k in tensors if k not in known and k not in ignored]
    if missing or unknown:
        lines = [f"  '{k}' is missing" for k in missing] + [f"  '{k}' is unknown" for k in unknown]
        raise Failure(f"{where}: is not of this kind, {len(lines)} differences:\n" + "\n".join(lines[:40]))
    return {known[k]: v.float() for k, v in tensors.items() if k in known}


def rows(state, key):
    return state[key].shape[0] if key in state else 0
