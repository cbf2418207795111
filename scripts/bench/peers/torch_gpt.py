"""One block of a character-level transformer in PyTorch, as peers/small-nets.ts has it in TinyLab."""
import torch
from torch import nn
from torch.nn import functional as F


class Gpt(nn.Module):
    def __init__(self, vocabulary, sequence, width, heads):
        super().__init__()
        self.vocabulary, self.sequence, self.heads = vocabulary, sequence, heads
        self.table = nn.Embedding(vocabulary, width)
        self.places = nn.Parameter(torch.zeros(sequence, width))
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
        self.joined = nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.head = nn.Linear(width, vocabulary)

    def examples(self, batch):
        tokens = torch.randint(0, self.vocabulary, (batch, self.sequence))
        return tokens, torch.randint(0, self.vocabulary, (batch * self.sequence,))

    def forward(self, tokens):
        x = self.table(tokens) + self.places
        n = self.norm1(x)
        q, k, v = (layer(n).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in (self.query, self.key, self.value))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.joined(seen.transpose(1, 2).flatten(2))
        x = x + self.down(F.relu(self.up(self.norm2(x))))
        return self.head(self.norm3(x)).flatten(0, 1)
