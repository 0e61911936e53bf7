"""What the networks over time are made of."""

from torch import Tensor, nn
from torch.nn import functional as fn


class ResidualBlock(nn.Module):
    """Two convolutions over time (k3), batch norm, ReLU, with a skip around them."""

    def __init__(self, channels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm1d(channels)
        self.conv2 = nn.Conv1d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm1d(channels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T) to (B, C, T)."""
        h = fn.relu(self.norm1(self.conv1(x)))
        return fn.relu(x + self.norm2(self.conv2(self.dropout(h))))


def blocks(channels: int, count: int, dropout: float) -> nn.Sequential:
    """``count`` residual blocks, one after the other."""
    return nn.Sequential(*(ResidualBlock(channels, dropout) for _ in range(count)))
