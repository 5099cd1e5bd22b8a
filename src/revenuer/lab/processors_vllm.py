"""Countermeasures and marks as logits processors of vLLM, for both of its model runners.

vLLM does not run on the machines that Revenuer is tested on. What is here follows the protocol
that vLLM documents ("Custom Logits Processors", v0.32, for Model Runner V2; the module
`vllm.v1.sample.logits_processor.interface` for the runner before it, which is chosen by
VLLM_USE_V2_MODEL_RUNNER=0), as its source had it in November 2026; the tests drive it by that
protocol, not by vLLM.

vLLM loads subclasses of its own base class by name. A module of the operator's says which method
acts, on whom:

    from vllm.v1.worker.gpu.sample.logits_processor import LogitsProcessor
    from revenuer.lab.processors_vllm import TokenMethods

    class Marks(TokenMethods, LogitsProcessor):
        width = 1

        def method_for(self, sampling_params):
            account = (sampling_params.extra_args or {}).get("revenuer_account")
            return marks.get(account)

and is served with `--logits_processors that.module:Marks`. The gateway before vLLM must set
`extra_args` itself and drop what a client sends under that name, or a client unmarks itself.
A method sees the last `width` tokens: marks need no more, and what asks a proxy model does not
fit here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor

from revenuer.lab.token_methods import TokenMethod

NO_TOKEN = -1
"""Stands in a context where the text is shorter than h; the key's hash takes any number."""


class TokenMethods(ABC):
    """Token methods for Model Runner V2: mix in before vLLM's `LogitsProcessor`.

    Args:
        vllm_config: As vLLM gives it; unused.
        req_states: The tokens of every slot, read only.

    Attributes:
        width: h, the tokens of a context; set by the subclass.
    """

    width: int = 1

    def __init__(self, vllm_config: Any, req_states: Any) -> None:
        self.req_states = req_states
        self.methods: list[TokenMethod | None] = [None] * req_states.max_num_reqs

    @abstractmethod
    def method_for(self, sampling_params: Any) -> TokenMethod | None:
        """Which method a request gets; None for none."""

    def is_argmax_invariant(self) -> bool:
        """No: a mark may change which token is likeliest; some versions of the runner ask."""
        return False

    def add_request(self, req_idx: int, sampling_params: Any) -> bool:
        """Take a request into a slot, and forget who had the slot before."""
        self.methods[req_idx] = self.method_for(sampling_params)
        return self.methods[req_idx] is not None

    def apply(self, logits: Tensor, ctx: Any) -> Tensor:
        """Change the rows of requests that have a method.

        Args:
            logits: Shape (rows, vocabulary); a request owns a row for each token that it drafts.
            ctx: Which row is whose, and what stands before it.
        """
        slots = ctx.expanded_idx_mapping.tolist()
        rows = [row for row, slot in enumerate(slots) if self.methods[slot] is not None]
        if not rows:
            return logits
        contexts = self._contexts(ctx, rows)
        for method in {method for row in rows if (method := self.methods[slots[row]])}:
            mine = [place for place, row in enumerate(rows) if self.methods[slots[row]] is method]
            chosen = torch.tensor([rows[place] for place in mine], device=logits.device)
            given = method(logits[chosen].float().cpu(), contexts[mine].cpu())
            logits[chosen] = given.to(logits)
        return logits

    def _contexts(self, ctx: Any, rows: list[int]) -> Tensor:
        """The last h tokens up to each row's own, drafts included. Shape (rows, h)."""
        written = _tensor(self.req_states.all_token_ids)
        row = torch.tensor(rows, device=ctx.input_ids.device)
        slot, offset = ctx.expanded_idx_mapping[row].long(), ctx.expanded_local_pos[row].long()
        columns = []
        for back in range(self.width - 1, -1, -1):
            place = ctx.pos[row].long() - back
            # This step's own tokens are in `input_ids`, one row a token; earlier ones are written.
            drafted = ctx.input_ids[(row - back).clamp(min=0)].long()
            committed = written[slot, place.clamp(min=0)].long()
            token = torch.where(offset >= back, drafted, committed)
            columns.append(token.masked_fill(place < 0, NO_TOKEN))
        return torch.stack(columns, 1)


class LegacyTokenMethods(ABC):
    """The same for the runner before: mix in before `vllm.v1.sample.logits_processor`'s class.

    Args:
        vllm_config: As vLLM gives it; unused.
        device: As vLLM gives it; unused.
        is_pin_memory: As vLLM gives it; unused.
    """

    width: int = 1

    def __init__(self, vllm_config: Any, device: Any, is_pin_memory: bool) -> None:
        self.requests: dict[int, tuple[TokenMethod, list[int], list[int]]] = {}

    @abstractmethod
    def method_for(self, sampling_params: Any) -> TokenMethod | None:
        """Which method a request gets; None for none."""

    def is_argmax_invariant(self) -> bool:
        """No: a mark may change which token is likeliest."""
        return False

    def update_state(self, batch_update: Any) -> None:
        """Follow what was removed from, added to and moved in the batch, in this order."""
        if batch_update is None:
            return
        for index in batch_update.removed:
            self.requests.pop(index, None)
        for index, params, prompt, output in batch_update.added:
            method = self.method_for(params)
            self.requests.pop(index, None)
            if method is not None:
                # `output` is vLLM's own list, which grows as tokens come.
                self.requests[index] = (method, list(prompt or ()), output)
        for first, second, direction in batch_update.moved:
            moved, other = self.requests.pop(first, None), self.requests.pop(second, None)
            if moved is not None:
                self.requests[second] = moved
            if direction.name == "SWAP" and other is not None:
                self.requests[first] = other

    def apply(self, logits: Tensor) -> Tensor:
        """Change the rows of requests that have a method. Shape (requests, vocabulary)."""
        for index, (method, prompt, output) in self.requests.items():
            context = self._context(prompt, output)
            logits[index] = method(logits[index][None].float().cpu(), context)[0].to(logits)
        return logits

    def _context(self, prompt: list[int], output: list[int]) -> Tensor:
        last = output[-self.width :] if self.width else []
        short = self.width - len(last)
        said = [*(prompt[-short:] if short else []), *last]
        padded = [NO_TOKEN] * (self.width - len(said)) + said
        return torch.tensor([padded])


def _tensor(buffer: Any) -> Tensor:
    """The tensor of a buffer of vLLM's: its name differs between versions."""
    if isinstance(buffer, Tensor):
        return buffer
    found: Tensor = buffer.gpu if hasattr(buffer, "gpu") else buffer.device_tensor
    return found
