"""A stream of training windows as tensors, drawn in this process or ahead in several others."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from composer_app.training.trainers.dataset import Batch, WindowSampler


def to_tensors(batch: Batch) -> tuple[Tensor, ...]:
    """The batch as :meth:`RefiningUNet.forward` takes it."""
    return tuple(torch.from_numpy(getattr(batch, name)) for name in Batch.__slots__)


class WindowFeed:
    """Batches without end, of the size and with the workers that the sampler's recipe asks for.

    Without workers each batch is drawn when it is asked for, by the ``sampler`` itself, so that
    its state says where the stream stands.
    """

    def __init__(self, sampler: WindowSampler) -> None:
        self._sampler = sampler
        self._ahead: Iterator[tuple[Tensor, ...]] | None = None

    def __next__(self) -> tuple[Tensor, ...]:
        config = self._sampler.config
        if not config.workers:
            return to_tensors(self._sampler.batch(config.batch))
        if self._ahead is None:
            loader = DataLoader(
                _Windows(self._sampler),
                batch_size=None,
                num_workers=config.workers,
                pin_memory=config.device == "cuda",
                prefetch_factor=4,
            )
            self._ahead = iter(loader)
        return next(self._ahead)


class _Windows(IterableDataset[tuple[Tensor, ...]]):
    """What a worker draws: a stream of its own, seeded by torch for each worker."""

    def __init__(self, sampler: WindowSampler) -> None:
        self._sampler = sampler

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        worker = get_worker_info()
        if worker is not None:
            self._sampler.random = np.random.default_rng(worker.seed)
        while True:
            yield to_tensors(self._sampler.batch(self._sampler.config.batch))
