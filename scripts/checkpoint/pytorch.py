# SPDX-License-Identifier: MIT
"""Checkpoints of PyTorch, read without running anything that they say."""
import os
import pickle

import torch

from checkpoint import Failure


class _Inert:
    """Stands for any class that a checkpoint names and this script does not need."""

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return _Inert()

    def __setstate__(self, state):
        pass

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def __setitem__(self, key, value):
        pass


class _SafePickle:
    """What torch.load asks of a pickle module, with an unpickler that knows tensors and plain containers only."""

    ALLOWED = {("collections", "OrderedDict"), ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor"),
               ("torch._utils", "_rebuild_parameter"), ("torch", "Size"), ("builtins", "set"), ("torch", "device")}
    __name__ = "safe_pickle"

    class Unpickler(pickle.Unpickler):
        def find_class(self, module, name):
            storage = module in ("torch", "torch.storage") and name.endswith("Storage")
            dtype = module == "torch" and isinstance(getattr(torch, name, None), torch.dtype)
            if storage or dtype or (module, name) in _SafePickle.ALLOWED:
                return super().find_class(module, name)
            return _Inert

    @classmethod
    def load(cls, file, **kwargs):
        return cls.Unpickler(file, **kwargs).load()


def load_checkpoint(path):
    if not os.path.exists(path):
        raise Failure(f"{path}: does not exist")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception:
        try:
            return torch.load(path, map_location="cpu", weights_only=False, pickle_module=_SafePickle)
        except Exception as error:
            raise Failure(f"{path}: is no PyTorch checkpoint that can be read: {error}") from None


def state_dict_of(checkpoint, path):
    """The weights: the averaged ones where there are any, as DiT's own loader does."""
    for key in ("ema", "model", "state_dict", "model_state_dict"):
        if isinstance(checkpoint, dict) and isinstance(checkpoint.get(key), dict):
            checkpoint = checkpoint[key]
            break
    if not isinstance(checkpoint, dict) or not any(isinstance(v, torch.Tensor) for v in checkpoint.values()):
        raise Failure(f"{path}: holds no state dict; expected one, or a dict with 'ema', 'model' or 'state_dict'")
    return {k.removeprefix("_orig_mod.").removeprefix("module."): v for k, v in checkpoint.items() if isinstance(v, torch.Tensor)}


def heads_of(checkpoint):
    """The number of heads where a checkpoint's own configuration tells it; the weights do not."""
    for part in ("cfg", "args", "config", "model_cfg"):
        found = checkpoint.get(part) if isinstance(checkpoint, dict) else None
        if isinstance(found, dict):
            for key in ("n_heads", "num_heads"):
                if isinstance(found.get(key), int):
                    return found[key]
            if inner := heads_of(found):
                return inner
    return None
