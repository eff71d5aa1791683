"""Import before torchvision: lets its CUDA wheel, the only one on PyPI, load beside a torch for the CPU.

torchvision registers shapes for its compiled operators while it is imported, and fails where these aren't there. Neither
qwen-vl-utils nor its resize uses one of them.
"""

import torch

_register = torch.library.register_fake


def _tolerant(operator, *arguments, **options):
    if str(operator).startswith("torchvision::"):
        return lambda function: function
    return _register(operator, *arguments, **options)


try:
    torch.library.register_fake = _tolerant
    import torchvision  # noqa: F401
finally:
    torch.library.register_fake = _register
