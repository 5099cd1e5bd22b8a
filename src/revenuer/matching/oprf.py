"""The verifiable oblivious pseudo-random function that level 2 stands on.

Who asks blinds a digest; who answers applies its key to the blinded element, seeing neither the
digest nor the result, and proves that it used the key whose public part it published; who asks
removes the blind. Both end up with what the key holder would compute of the digest itself.

The package draws blinds and the randomness of proofs from the operating system; neither can be
given, so that neither can be repeated by mistake. Nothing outside of this file knows the package.

Source:
    Davidson, Faz-Hernandez, Sullivan and Wood (2023), RFC 9497, mode VOPRF, suite
    ristretto255-SHA512.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from revenuer.errors import ConfigError, MatchError

ELEMENT_BYTES = 32
PROOF_BYTES = 64
OUTPUT_BYTES = 64
SEED_BYTES = 32
MOST_IN_A_BATCH = 2**16 - 1
"""RFC 9497, section 2.2.1: indices of a composed proof have two bytes."""


class OprfKey:
    """The key of who answers.

    Args:
        seed: 32 secret bytes.
        info: What the key is for; keys of one seed and two infos have nothing in common.
    """

    def __init__(self, seed: bytes, info: bytes) -> None:
        self._evaluator = _ristretto().Evaluator.from_seed(seed, info)

    @property
    def public(self) -> bytes:
        """The public part, 32 bytes."""
        data: bytes = self._evaluator.public_key.serialize()
        return data

    def output(self, digest: bytes) -> bytes:
        """What who asks would learn of a digest; 64 bytes."""
        data: bytes = self._evaluator.evaluate_known_input(digest)
        return data

    def evaluate(self, blinded: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """Apply the key to blinded elements.

        Returns:
            An evaluated element each, and one proof for all.

        Raises:
            MatchError: Something is no element of the group.
        """
        reader = _ristretto().BlindedInput.deserialize
        try:
            answer = self._evaluator.evaluate_batch([reader(each) for each in blinded])
        except ValueError:
            raise MatchError("A blinded element is no element of the group.") from None
        data: bytes = answer.serialize()
        # The package puts the proof first.
        return _pieces(data[PROOF_BYTES:]), data[:PROOF_BYTES]


@dataclass(frozen=True, slots=True)
class Blinding:
    """Blinded digests, with what is needed to read the answer. For one question only.

    Attributes:
        elements: What is sent.
    """

    elements: tuple[bytes, ...]
    _clients: tuple[Any, ...]

    def outputs(self, evaluated: Sequence[bytes], proof: bytes, public: bytes) -> list[bytes]:
        """Check the proof and remove the blinds.

        Args:
            evaluated: In the order of what was sent.
            proof: That one key made all of them.
            public: The public part of that key.

        Raises:
            MatchError: It is no proof of that key for these elements.
        """
        wrong = MatchError(
            "The peer's answer is not made with the key that it published.",
            "Nothing of it is used. Tell the peer; ask whether its keys were changed.",
        )
        if len(evaluated) != len(self._clients) or len(proof) != PROOF_BYTES:
            raise wrong
        module = _ristretto()
        try:
            key = module.PublicKey.deserialize(public)
            answer = module.VerifiableBatchOutput.deserialize(proof + b"".join(evaluated))
            outputs: list[bytes] = module.Client.finalize_batch(list(self._clients), answer, key)
        except ValueError:
            raise wrong from None
        except BaseException as problem:
            # The package answers a proof that does not hold with a panic, which is no Exception.
            if type(problem).__name__ == "PanicException":
                raise wrong from None
            raise
        return outputs


def blind(digests: Sequence[bytes]) -> Blinding:
    """Blind digests, each with a blind of its own."""
    made = [_ristretto().Client.blind(digest) for digest in digests]
    return Blinding(
        tuple(element.serialize() for _, element in made), tuple(client for client, _ in made)
    )


def is_public_key(data: bytes) -> bool:
    """Whether bytes are the public part of some key."""
    try:
        _ristretto().PublicKey.deserialize(data)
    except ValueError:
        return False
    return True


def _pieces(data: bytes) -> list[bytes]:
    return [data[at : at + ELEMENT_BYTES] for at in range(0, len(data), ELEMENT_BYTES)]


def _ristretto() -> Any:
    try:
        from voprf import ristretto
    except ImportError as problem:
        raise ConfigError(
            "Private matching needs the package `voprf`.", "Install `revenuer[match]`."
        ) from problem
    return ristretto
