"""Grow the demo cell, simulate its spikes with NEURON, and write ``gpu_morph/data/demo.npz``.

    python -m pip install neuron numpy
    python examples/make_demo_cell.py

A thick-tufted layer-5 pyramidal cell. Tips of branches keep their heading, with random changes, and are repelled by
branches that exist. The same seed gives the same cell. z points to the pia; the cell is widest along x, so that a view
along y shows most of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

SEED = 9
STEP = 1.25  # µm between points
TARGET = Path(__file__).resolve().parents[1] / "gpu_morph" / "data" / "demo.npz"

UP = np.array([0.0, 0.0, 1.0])
DEPTH = np.array([0.0, 1.0, 0.0])
# Weights of distances. y counts less, so that branches which cross in the picture repel each other, too.
FLAT = np.array([1.0, 0.6, 1.0])

# Contour of the soma from bottom to top: height and diameter, µm. The top is the start of the apical trunk.
SOMA = np.array(
    (
        *((-11, 4.5), (-10, 8.5), (-8, 13), (-5, 16.8), (-2, 18.4), (1, 18.2), (4, 16.6), (7, 14.2), (10, 11.4)),
        *((13, 8.9), (16, 7.0), (19, 5.8)),
    )
)


@dataclass(frozen=True)
class Habit:
    """Parameters of growth of a kind of neurite.

    ``pull`` is the preferred direction; its length is the strength. ``wander`` scales random changes of the heading.
    ``spread`` is the angle between a branch and its daughters, degrees. ``tip`` is the least diameter, µm.
    ``stretches`` has, for each order of branching, the least and greatest length, µm, and the probability of the next
    branch point.
    """

    label: str
    pull: np.ndarray
    wander: float = 1.0
    spread: float = 30.0
    tip: float = 0.6
    stretches: tuple[tuple[float, float, float], ...] = ()


@dataclass
class Branch:
    """An unbranched piece of neurite: planned first, grown later.

    ``turn`` is the angle to the heading of the parent, ``tilt`` that to the plane of the picture, degrees.
    """

    habit: Habit
    length: float
    width: tuple[float, float]
    turn: float = 0.0
    tilt: float = 0.0
    parent: int = -1
    children: list[Branch] = field(default_factory=list)
    start: np.ndarray | None = None
    heading: np.ndarray | None = None
    points: np.ndarray | None = None


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


# Planning


def arbor(
    rng: np.random.Generator, habit: Habit, width: float, reach: float, *, turn: float = 0.0, order: int = 0
) -> Branch:
    """A tree with path length ``reach``, µm. Daughters divide ``d**1.5`` of their parent (Rall)."""
    last = order >= len(habit.stretches)
    shortest, longest, chance = (0.0, 0.0, 0.0) if last else habit.stretches[order]
    length = rng.uniform(shortest, longest)
    if rng.random() >= chance or length + 50 >= reach:
        length = max(reach * rng.uniform(0.85, 1.12), 25.0)
        return Branch(habit, length, (width, max(habit.tip, 0.62 * width)), turn, rng.normal(0, 35))
    end = max(habit.tip, 0.93 * width)
    tree = Branch(habit, length, (width, end), turn, rng.normal(0, 35))
    fraction, side = rng.uniform(0.42, 0.58), rng.choice((-1.0, 1.0))
    for part, sign in ((fraction, side), (1 - fraction, -side)):
        thin = max(habit.tip, end * part ** (2 / 3))
        # The thinner daughter has the larger angle.
        angle = sign * habit.spread * rng.uniform(0.7, 1.3) * 2 * (1 - part)
        tree.children.append(arbor(rng, habit, thin, reach - length, turn=angle, order=order + 1))
    return tree


def plan_basal(rng: np.random.Generator) -> list[Branch]:
    """Eight basal trees around the lower half of the soma, 20 to 50 degrees apart in the picture."""
    stretches = ((14, 40, 1.0), (18, 55, 0.85), (25, 70, 0.4))
    trees = []
    for i, degrees in enumerate((24, -8, -38, -66, -112, -141, -173, 157)):
        angle = np.radians(degrees + rng.uniform(-5, 5))
        outward = unit(np.array([np.cos(angle), (-1) ** i * rng.uniform(0.1, 0.75), np.sin(angle)]))
        habit = Habit("dend", outward, spread=32, stretches=stretches)
        tree = arbor(rng, habit, width=rng.uniform(2.0, 2.6), reach=rng.uniform(180, 235))
        tree.start, tree.heading = outward * (7.5, 7.5, 7.0), outward
        trees.append(tree)
    return trees


def plan_apical(rng: np.random.Generator) -> Branch:
    """The trunk, in pieces between its oblique dendrites, and the tuft."""
    heights = np.array([38, 66, 97, 128, 166, 201, 245, 290, 352, 430]) + rng.uniform(-9, 9, 10)
    ends = np.append(heights, 660.0)
    widths = np.append(5.0, 2.5 + 2.4 * np.exp(-ends / 330.0))
    habit = Habit("apic", 1.5 * UP, wander=0.3)
    trunk = [
        Branch(habit, length, width) for length, width in zip(np.diff(ends, prepend=0.0), pairwise(widths), strict=True)
    ]
    for i, (lower, upper) in enumerate(pairwise(trunk)):
        side = (-1) ** i
        width, reach, turn = rng.uniform(1.15, 1.5), rng.uniform(150, 235), rng.uniform(62, 80)
        pull = unit(np.array([side, rng.uniform(-0.7, 0.7), 0.35]))
        habit = Habit("apic", pull, spread=28, stretches=((25, 75, 0.8), (30, 80, 0.25)))
        lower.children = [upper, arbor(rng, habit, width, reach, turn=side * turn)]
    stretches = ((35, 70, 1.0), (45, 95, 1.0), (50, 100, 0.9), (40, 90, 0.35))
    for side, width in ((-1, 1.9), (1, 1.8)):
        habit = Habit("apic", unit(np.array([side * 0.3, 0.0, 1.0])), wander=0.8, stretches=stretches)
        trunk[-1].children.append(arbor(rng, habit, width, rng.uniform(425, 455), turn=side * 32))
    trunk[0].start, trunk[0].heading = UP * SOMA[-1, 0], UP
    return trunk[0]


def plan_axon(rng: np.random.Generator) -> Branch:
    """The initial segment, and a descending axon with collaterals."""
    ends = np.array([45, 95, 140, 190, 245, 300, 350, 470]) + rng.uniform(-8, 8, 8)
    ends[0] = 45.0
    habit = Habit("axon", -1.5 * UP, wander=0.5)
    pieces = [Branch(habit, length, (0.85, 0.8)) for length in np.diff(ends, prepend=0.0)]
    pieces[0].width = (1.5, 1.0)
    for i, (upper, lower) in enumerate(pairwise(pieces)):
        upper.children = [lower]
        if i == 0:
            continue  # no collateral at the end of the initial segment
        side = (-1) ** i
        reach, turn = rng.uniform(215, 360), -side * rng.uniform(60, 85)
        pull = 2.5 * unit(np.array([side, rng.uniform(-0.8, 0.8), rng.uniform(-0.3, 0.3)]))
        stretches = ((60, 140, 0.6), (50, 90, 0.2))
        habit = Habit("axon", pull, wander=0.9, spread=35, tip=0.45, stretches=stretches)
        upper.children.append(arbor(rng, habit, 0.6, reach, turn=turn))
    pieces[0].start, pieces[0].heading = UP * SOMA[0, 0], -UP
    return pieces[0]


# Growing


class Tip:
    """The growing end of a branch."""

    def __init__(self, branch: Branch, start: np.ndarray, heading: np.ndarray, rng: np.random.Generator):
        self.branch, self.rng = branch, rng
        self.points, self.heading = [start], heading
        self.n_steps = max(3, round(branch.length / STEP))
        self.wiggle, self.drift = rng.normal(0, 0.2, 3), np.zeros(3)

    def advance(self, push: np.ndarray) -> None:
        """Grow by one step: slow and fast random changes of the heading, and repulsion by the neighbours."""
        roam, habit = self.rng.normal(size=(2, 3)), self.branch.habit
        self.drift += STEP * (-self.drift / 45.0) + 0.0026 * np.sqrt(STEP) * habit.wander * roam[0]
        self.wiggle += STEP * (-self.wiggle / 7.0) + 0.0425 * np.sqrt(STEP) * (1 + habit.wander) * roam[1]
        turn = self.drift + 0.014 * push + 0.006 * habit.pull
        self.heading = unit(self.heading + STEP * turn)
        self.points.append(self.points[-1] + STEP * unit(self.heading + self.wiggle))


def push_on(point: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The direction away from ``others``, weighted by distance; length 0 to 1."""
    apart = (point - others) * FLAT
    distance = np.linalg.norm(apart, axis=1)
    near = (distance > 0) & (distance < 90)
    if not near.any():
        return np.zeros(3)
    weight = np.exp(-distance[near] / 22.0)
    push = (apart[near] / distance[near, None] * weight[:, None]).sum(axis=0)
    return push / (8.0 + np.linalg.norm(push))


def leave(branch: Branch, heading: np.ndarray) -> np.ndarray:
    """The initial heading of a branch, from the heading of its parent."""
    in_picture = unit(np.cross(DEPTH, heading))
    tilt, turn = np.radians(branch.tilt), np.radians(branch.turn)
    sideways = np.cos(tilt) * in_picture + np.sin(tilt) * unit(np.cross(heading, in_picture))
    return unit(np.cos(turn) * heading + np.sin(turn) * sideways)


def grow(trees: list[Branch], rng: np.random.Generator) -> list[Branch]:
    """Grow all trees together, step by step. Returns branches, parents before children."""
    grown: list[Branch] = []
    tips = [Tip(tree, tree.start, tree.heading, rng) for tree in trees]
    cloud = np.empty((0, 3))
    push: dict[int, np.ndarray] = {}
    n_round = 0
    while tips:
        if n_round % 5 == 0:
            done = [b.points for b in grown]
            cloud = np.concatenate(done + [np.array(t.points) for t in tips])
            owner = np.concatenate([np.full(len(p), -1) for p in done] + [np.full(len(t.points), id(t)) for t in tips])
            push = {id(t): push_on(t.points[-1], cloud[owner != id(t)]) for t in tips}
        n_round += 1
        for tip in list(tips):
            tip.advance(push.get(id(tip), np.zeros(3)))
            if len(tip.points) <= tip.n_steps:
                continue
            branch = tip.branch
            branch.points = np.array(tip.points)
            tips.remove(tip)
            grown.append(branch)
            for child in branch.children:
                child.parent = len(grown) - 1
                tips.append(Tip(child, branch.points[-1], leave(child, tip.heading), rng))
    return grown


def make_cell(seed: int) -> dict[str, np.ndarray]:
    """The sections of the cell, the soma first: arrays with the names of the fields of ``Morphology``."""
    rng = np.random.default_rng(seed)
    branches = grow([plan_apical(rng), *plan_basal(rng), plan_axon(rng)], rng)
    points, diameters = [SOMA[:, :1] * UP], [SOMA[:, 1]]
    for branch in branches:
        path = np.arange(len(branch.points)) * STEP
        width = np.linspace(*branch.width, len(path)) * (1 + 0.05 * np.sin(path / 5 + rng.uniform(0, 6)))
        # A branch starts with the diameter of its parent and narrows within a few µm; stems are wider at the soma.
        start = 1.7 * branch.width[0] if branch.parent < 0 else diameters[branch.parent + 1][-1]
        if branch.habit.label == "apic" and branch.parent < 0:
            start = SOMA[-1, 1]
        width += (start - width[0]) * np.exp(-path / (6.0 if branch.parent < 0 else 1.5))
        points.append(branch.points)
        diameters.append(width)
    return {
        "points": np.round(np.concatenate(points), 2),  # the precision of the file
        "diameters": np.round(np.concatenate(diameters), 2),
        "section_offsets": np.cumsum([0] + [len(p) for p in points]),
        "section_parent": np.array([-1] + [b.parent + 1 for b in branches]),
        "section_parent_x": np.array([0.5] + [0.5 if b.parent < 0 else 1.0 for b in branches]),
        "section_labels": np.array(["soma"] + [b.habit.label for b in branches]),
    }


# Simulation
CELSIUS = 14.0
COMPARTMENT = 14.0  # µm; about the length of a compartment
SPINES = 1.6  # µF/cm2 of dendrites; accounts for the area of spines
T_STOP = 36.0  # ms
SAMPLE = 0.1  # ms between stored samples
STEPS_PER_MS = 160  # second order; a step four times finer changes no value by more than 1 mV
PULSE = (2.0, 1.0, 4.0)  # current into the soma: onset ms, duration ms, nA
NEAR, DECAY, FAR = 0.6, 650.0, 0.05  # dendritic channels: near * exp(-distance / decay µm) + far
TUFT_ONSET, TUFT_TAU, TUFT_NS = 17.0, 3.0, 1.2  # ms, ms; peak conductance of each of the synapses, nS


def excitability(label: str, distance: float) -> float:
    """Density of channels relative to the squid axon, at a path distance (µm) from the soma."""
    if label == "axon":
        return 2.0 if distance < 60 else 1.0
    if label == "soma":
        return 1.5
    return NEAR * float(np.exp(-distance / DECAY)) + FAR


def build(cell: dict[str, np.ndarray]) -> list:
    """The sections in NEURON, with their channels."""
    from neuron import h

    sections = [h.Section(name=f"{label}_{i}") for i, label in enumerate(cell["section_labels"])]
    for i, section in enumerate(sections):
        span = slice(*cell["section_offsets"][i : i + 2])
        for point, diameter in zip(cell["points"][span], cell["diameters"][span], strict=True):
            section.pt3dadd(*map(float, point), float(diameter))
        if i:
            section.connect(sections[cell["section_parent"][i]](float(cell["section_parent_x"][i])), 0)
        section.nseg = 2 * int(section.L / (2 * COMPARTMENT)) + 1
    for label, section in zip(cell["section_labels"], sections, strict=True):
        section.Ra, section.cm = 120.0, SPINES if label in ("apic", "dend") else 1.0
        section.insert("pas")
        section.insert("hh")
        for segment in section:
            density = excitability(str(label), h.distance(sections[0](0.5), segment))
            segment.pas.g, segment.pas.e = 3e-5, -65.0
            segment.hh.gnabar, segment.hh.gkbar, segment.hh.gl = 0.12 * density, 0.036 * density, 3e-4 * density
    return sections


def simulate(cell: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Times (ms), values (mV, a row per time), section and position of each compartment."""
    from neuron import h

    h.load_file("stdrun.hoc")
    sections = build(cell)
    pulse = h.IClamp(sections[0](0.5))
    pulse.delay, pulse.dur, pulse.amp = PULSE
    height = cell["points"][cell["section_offsets"][:-1], 2]
    tuft = np.flatnonzero((cell["section_labels"] == "apic") & (height >= 700))
    synapses = [h.AlphaSynapse(sections[i](0.6)) for i in tuft]
    for synapse in synapses:
        synapse.onset, synapse.tau, synapse.gmax, synapse.e = TUFT_ONSET, TUFT_TAU, TUFT_NS * 1e-3, 0.0
    segments = [(i, segment) for i, section in enumerate(sections) for segment in section]
    traces = [h.Vector().record(segment._ref_v, SAMPLE) for _, segment in segments]
    h.celsius, h.dt, h.steps_per_ms, h.secondorder = CELSIUS, 1 / STEPS_PER_MS, STEPS_PER_MS, 2
    h.finitialize(-65.0)
    h.continuerun(T_STOP + 0.5 * SAMPLE)
    values = np.array(traces).T[: round(T_STOP / SAMPLE) + 1]
    times = np.round(np.arange(len(values)) * SAMPLE, 6)
    return times, values, np.array([i for i, _ in segments]), np.array([s.x for _, s in segments])


# Storing


def main() -> None:
    cell = make_cell(SEED)
    times, values, section, position = simulate(cell)
    if not np.isfinite(values).all() or np.abs(values + 20.0).max() > 80.0:
        raise SystemExit(f"the simulation is unstable: values from {values.min():.1f} to {values.max():.1f} mV")
    hundredths = np.round(cell["points"] * 100).astype(np.int32)
    tenths = np.round(values.T * 10).astype(np.int16)  # a row per compartment compresses better
    np.savez_compressed(
        TARGET,
        point_steps=np.diff(hundredths, axis=0, prepend=np.zeros((1, 3), np.int32)),
        diameters=np.round(cell["diameters"] * 100).astype(np.uint16),
        section_offsets=cell["section_offsets"].astype(np.int32),
        section_parent=cell["section_parent"].astype(np.int16),
        section_parent_x=cell["section_parent_x"].astype(np.float32),
        section_labels=cell["section_labels"],
        times=times,
        value_steps=np.diff(tenths, axis=1, prepend=np.zeros((len(tenths), 1), np.int16)),
        section=section.astype(np.int16),
        position=position.astype(np.float32),
    )
    n_segments = len(cell["points"]) - len(cell["section_labels"])
    print(f"{n_segments} segments in {len(cell['section_labels'])} sections, {len(section)} compartments,")
    print(f"{len(times)} samples, {values.min():.1f} to {values.max():.1f} mV: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
