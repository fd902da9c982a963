# SPDX-License-Identifier: MIT
"""What scripts/convert_checkpoint.py converts with: a module for each kind of file, and one for each kind of model."""


class Failure(Exception):
    """Work that cannot be done: its message says where, what is wrong and what was expected."""
