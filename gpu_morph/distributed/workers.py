"""Crew: the workers that can draw, found and looked at before they get any work."""

from __future__ import annotations

import os
import socket
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ..errors import ClusterError
from . import worker
from .render_thread import let_go

_LOOK_EVERY = 1.0  # s between looks at who has come and gone
_MOST_FAILURES = 3  # in a row: then a worker gets no more work while there are others


@dataclass(frozen=True)
class Hand:
    """A worker: one process, one OpenGL context.

    ``gpus`` names the GPUs that it sees, ``gpu`` its own; ``device`` is what it is told to draw on. ``renderer`` is
    what draws then: "" before it is known, None where nothing does. ``has_resource``: dask was told that it has a GPU.
    ``is_here``: it is a thread of this very process.
    """

    address: str
    host: str
    gpus: tuple[str, ...] = ()
    gpu: str | None = None
    device: int | str | None = None
    has_resource: bool = False
    is_here: bool = False
    renderer: str | None = ""
    is_software: bool = False

    def __str__(self) -> str:
        return f"{self.address} ({self.host})"


class Crew:
    """Workers of a cluster that can draw: those with a GPU, or all where none has one.

    Parameters
    ----------
    client : distributed.Client
        Whose workers.
    device : int, "auto", "cpu" or None
        As in `Renderer`; "auto" and None: each worker of a machine its own GPU.
    version : str
        Of gpu_morph here.

    Raises
    ------
    ClusterError
        There are no workers, they have other versions, or none can draw.
    """

    def __init__(self, client: Any, device: int | str | None, *, version: str) -> None:
        self._client, self._device = client, None if device == "auto" else device
        self._versions = worker.versions(version)
        self._encoder: str | None = None
        self._there: dict[str, Hand] = {}
        self._seen: dict[str, Hand] = {}
        self._left_out: set[str] = set()
        self._paused: frozenset[str] = frozenset()
        self._failures: Counter[str] = Counter()
        self.events: list[str] = []
        self._workers: dict[str, Any] = {}  # what the scheduler tells of them
        self.look()
        if not self.present:
            raise ClusterError(
                "the cluster has no workers: start some, and wait for the first with client.wait_for_workers(1)"
            )
        if not self.hands:
            raise ClusterError(f"no worker can draw: {'; '.join(self.events)}")

    @property
    def hands(self) -> list[Hand]:
        """Those that get work now."""
        return [hand for hand in self._chosen if hand.address not in self._paused]

    @property
    def _chosen(self) -> list[Hand]:
        able = [hand for hand in self._there.values() if hand.renderer and hand.address not in self._left_out]
        hands = [hand for hand in able if not hand.is_software] or able
        return [hand for hand in hands if hand.has_resource] or hands

    @property
    def is_software(self) -> bool:
        """True when the CPU draws."""
        return all(hand.is_software for hand in self._chosen)

    def refresh(self) -> None:
        """Look who is there, if that was not done just now."""
        if time.monotonic() - self._looked > _LOOK_EVERY:
            self.look()

    def look(self) -> None:
        """Take in workers that have come, and forget those that have gone."""
        # Not by scheduler_info(), whose answer the client's own look at the scheduler, without workers, may replace.
        with suppress(OSError):  # a scheduler that is gone is found out about elsewhere
            self._workers = self._client.sync(self._client.scheduler.identity, n_workers=-1)["workers"]
        self.present = frozenset(self._workers)
        self._looked = time.monotonic()
        for address in self._there.keys() - self.present:
            self.events.append(f"{self._there.pop(address)} went away")
        self._left_out &= self.present
        self._meet(sorted(self.present - self._there.keys() - self._left_out))
        unprepared = [hand for hand in self._there.values() if hand.renderer == ""]
        self._prepare([hand for hand in unprepared if hand.gpus or self._device is not None])
        if not self._chosen:
            self._prepare([hand for hand in unprepared if not hand.gpus and self._device is None])
        self._seen |= self._there
        paused = frozenset(address for address, state in self._workers.items() if state["status"] == "paused")
        for address in sorted((paused - self._paused) & self._there.keys()):
            self.events.append(f"{self._there[address]} was paused by dask: its memory is nearly full")
        self._paused = paused

    def hand(self, address: str) -> Hand:
        """A worker that is or was there."""
        return self._seen.get(address) or Hand(address, "unknown host")

    def blame(self, address: str) -> None:
        """A piece failed there."""
        self._failures[address] += 1
        if self._failures[address] == _MOST_FAILURES and [hand.address for hand in self._chosen] != [address]:
            self._left_out.add(address)
            self.events.append(f"{self.hand(address)} got no more work: it failed {_MOST_FAILURES} times in a row")

    def praise(self, address: str) -> None:
        """A piece came from there."""
        self._failures[address] = 0

    def _meet(self, addresses: Sequence[str]) -> None:
        """Look at new workers.

        Raises
        ------
        ClusterError
            They have other versions, and no work has begun.
        """
        if not addresses:
            return
        answers = self._client.run(worker.look, workers=list(addresses), on_error="return")
        problems = {address: self._problem(answers.get(address)) for address in addresses}
        wrong = {address: words for address, words in problems.items() if words}
        misfits = [address for address in wrong if not isinstance(answers.get(address), OSError | None)]
        if misfits and not self._seen:
            listed = "; ".join(f"{address}: {wrong[address]}" for address in misfits[:3])
            raise ClusterError(f"{len(misfits)} of {len(addresses)} workers do not fit this process: {listed}")
        for address, words in wrong.items():
            self._left_out.add(address)
            self.events.append(f"{address} was left out: {words}")
        new = [_hand(address, answers[address]) for address in addresses if address not in wrong]
        self._there |= {hand.address: hand for hand in shared_out(new, tuple(self._there.values()))}

    def _problem(self, answer: Any) -> str:
        """Why a worker cannot take part; "" if it can."""
        if answer is None or isinstance(answer, OSError):  # it may just have ended
            return f"it did not answer ({answer})"
        if isinstance(answer, BaseException):
            return (
                f"it cannot be asked ({type(answer).__name__}: {answer}); "
                f"install gpu_morph {self._versions['gpu_morph']} there"
            )
        if answer["problem"]:
            return str(answer["problem"])
        theirs = answer["versions"]
        other = [
            f"{name} {theirs.get(name)} instead of {ours}"
            for name, ours in self._versions.items()
            if theirs.get(name) != ours
        ]
        # The client's ffmpeg only copies, and may be another; pieces of one film must come from the same encoder.
        self._encoder = self._encoder or answer["encoder"]
        if answer["encoder"] != self._encoder:
            other.append(f"ffmpeg {answer['encoder']} where others have {self._encoder}")
        return f"it has {', '.join(other)}; install the same everywhere" if other else ""

    def _prepare(self, hands: Sequence[Hand]) -> None:
        """Let workers make their OpenGL contexts."""
        if not hands:
            return
        if any(hand.is_here for hand in hands):
            let_go()  # the context that they need may be this thread's
        devices = {hand.address: hand.device if self._device is None else self._device for hand in hands}
        answers = self._client.run(worker.prepare, devices, workers=list(devices), on_error="return")
        for hand in hands:
            answer = answers.get(hand.address)
            if isinstance(answer, tuple):
                self._there[hand.address] = replace(hand, renderer=answer[0], is_software=answer[1])
            else:
                self._there[hand.address] = replace(hand, renderer=None)
                self.events.append(f"{hand} cannot draw: {answer or 'it did not answer'}")


def _hand(address: str, answer: dict[str, Any]) -> Hand:
    """What a worker said of itself. It keeps the device that it was started for, or draws on already."""
    gpus, settled = tuple(answer["gpus"]), answer["drawing_on"]
    settled = answer["device"] if settled is None else str(settled)
    own = int(settled) if settled.isdecimal() else None
    gpu = gpus[own] if own is not None and own < len(gpus) else None if settled == "auto" else settled
    is_here = (answer["host"], answer["process"]) == (socket.gethostname(), os.getpid())
    has_resource = bool(answer["resources"].get("GPU"))
    return Hand(address, answer["host"], gpus, gpu, has_resource=has_resource, is_here=is_here)


def shared_out(new: Sequence[Hand], known: Sequence[Hand] = ()) -> list[Hand]:
    """Give each new worker without one a GPU: of those that it sees the first that the fewest on its machine have.

    That is its own where CUDA_VISIBLE_DEVICES shows each worker another one first, and the next one where all
    workers see the same.
    """
    taken = Counter((hand.host, hand.gpu) for hand in (*known, *new) if hand.gpu is not None)
    hands = []
    for hand in new:
        if hand.gpu is None and hand.gpus:
            gpu = min(hand.gpus, key=lambda name: taken[hand.host, name])
            taken[hand.host, gpu] += 1
            hand = replace(hand, gpu=gpu, device=hand.gpus.index(gpu) if len(hand.gpus) > 1 else None)
        hands.append(hand)
    return hands
