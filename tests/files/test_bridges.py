"""Each bridge, held against its simulator: pixels at the simulator's own coordinates have its own values.

`docs/simulators.md` has the table of the greatest errors, which these tests keep.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from own_process import needs, result_of

import gpu_morph as gm
from gpu_morph.scene.colormaps import lookup_table

N_PROBED = 20
PAGE = (Path(__file__).parents[2] / "docs" / "simulators.md").read_text(encoding="utf-8")
SWC = """\
1 1 0 0 0 6 -1
2 1 0 6 0 6 1
3 1 0 -6 0 6 1
4 3 6 0 0 1 1
5 3 50 0 0 1 4
6 3 100 50 0 .5 5
7 3 100 -50 30 .7 5
8 2 -6 0 0 .5 1
9 2 -200 40 0 .5 8
"""
# Each ends with the parts, the simulator's coordinates (n, 3) µm of the columns, and its values (n_times, n).
MODELS = {
    "LFPy": """
import LFPy, numpy as np, gpu_morph as gm
cell = LFPy.Cell(morphology="cell.swc", passive=True, nsegs_method="lambda_f", lambda_f=500, tstop=10)
synapse = LFPy.Synapse(cell, idx=cell.totnsegs - 1, syntype="ExpSyn", weight=0.05, tau=2)
synapse.set_spike_times(np.array([1.0]))
cell.set_pos(300, -200, 400)
cell.set_rotation(x=1, y=0.5, z=2)
cell.simulate(rec_vmem=True)
result = gm.from_lfpy(cell), np.stack([cell.x.mean(1), cell.y.mean(1), cell.z.mean(1)], axis=1), cell.vmem.T
""",
    "NetPyNE": """
from netpyne import sim, specs
import numpy as np, gpu_morph as gm
net = specs.NetParams({"popParams": {"E": {"cellType": "PYR", "numCells": 2}}, "sizeX": 900})
secs = net.importCellParams("PYR", fileName="cell.swc", cellName="PYR")["secs"]
net.stimSourceParams["clamp"] = {"type": "IClamp", "del": 1, "dur": 1, "amp": 2}
net.stimTargetParams["all"] = {"source": "clamp", "conds": {"pop": "E"}, "sec": "soma_0", "loc": 0.5}
for sec in secs.values():
    sec["geom"]["nseg"] = 5
    sec["mechs"] = {"pas": {"g": 1e-4, "e": -65}}
traces = {f"{name}{k}": {"sec": name, "loc": (k + 0.5) / 5, "var": "v"} for name in secs for k in range(5)}
sim.createSimulate(net, specs.SimConfig({"duration": 5, "recordCells": ["all"], "recordTraces": traces}))
parts = gm.from_netpyne(sim)
xyz, values = [], []
for section, position in zip(parts[1].section, parts[1].position):
    _, gid, own = parts[0].section_names[section].split(".")
    cell = sim.net.cells[int(gid[5:])]
    points = np.array(cell.secs[own]["geom"]["pt3d"])[:, :3] + [cell.tags["x"], -cell.tags["y"], cell.tags["z"]]
    arc = np.append(0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1)))
    x = 1 - position if cell.secs[own]["topol"].get("childX") == 1 else position
    xyz.append([np.interp(x * arc[-1], arc, column) for column in points.T])
    values.append(sim.simData[f"{own}{int(x * 5)}"][f"cell_{int(gid[5:])}"])
result = parts, np.array(xyz), np.array(values).T
""",
    "Arbor": """
import arbor as A, numpy as np, gpu_morph as gm
from arbor import units as U
morphology = A.load_swc_neuron("cell.swc").morphology
decor = A.decor().paint("(all)", A.density("hh")).place("(location 1 0.5)", A.i_clamp(1 * U.ms, 1 * U.ms, 1 * U.nA))
model = A.single_cell_model(A.cable_cell(morphology, decor, discretization=A.cv_policy_max_extent(10 * U.um)))
model.properties = A.neuron_cable_properties()
model.probe("voltage", "(join (on-branches 0.5) (uniform (all) 0 59 1))", "v", frequency=10 * U.kHz)
model.run(5 * U.ms)
place = A.place_pwlin(morphology)
points = [place.at(trace.location) for trace in model.traces]
values = np.array([trace.value for trace in model.traces]).T
result = gm.from_arbor(morphology, model.traces), np.array([(p.x, p.y, p.z) for p in points]), values
""",
    "Jaxley": """
import jax, numpy as np, jaxley as jx, gpu_morph as gm
from jaxley.channels import HH
jax.config.update("jax_platforms", "cpu")
cell = jx.read_swc("cell.swc", ncomp=4)
cell.insert(HH())
cell.branch("all").comp("all").record(verbose=False)
cell.branch(1).loc(0.5).stimulate(jx.step_current(i_delay=1, i_dur=1, i_amp=1, delta_t=0.025, t_max=5), verbose=False)
v = jx.integrate(cell, delta_t=0.025)
result = gm.from_jaxley(cell, v, 0.025), cell.nodes[["x", "y", "z"]].to_numpy(), np.asarray(v).T
""",
    "Brian2": """
import brian2 as b, numpy as np, gpu_morph as gm
from brian2 import cm, ms, mV, nA, ohm, siemens, uF
b.prefs.codegen.target = "numpy"
model = "Im = gl * (-70*mV - v) : amp/meter**2\\ngl : siemens/meter**2\\nI : amp (point current)"
neuron = b.SpatialNeuron(b.Morphology.from_file("cell.swc"), model, Cm=1 * uF / cm**2, Ri=100 * ohm * cm)
neuron.v, neuron.gl, neuron.I[1] = -70 * mV, 1 * siemens / b.meter**2, 1 * nA
monitor = b.StateMonitor(neuron, "v", record=True)
b.run(5 * ms)
xyz = np.stack([np.asarray(getattr(neuron, axis)) for axis in "xyz"], axis=1) * 1e6
result = gm.from_brian2(neuron, monitor), xyz, monitor.v_[:].T * 1e3
""",
    "LFPykit": """
import lfpykit, numpy as np, gpu_morph as gm
angle = np.linspace(0, 6 * np.pi, 121)
path = 10 * angle * [np.cos(angle), np.sin(angle), np.zeros(121)]
x, y, z = (np.stack([row[:-1], row[1:]], axis=1) for row in path)
geometry = lfpykit.CellGeometry(x, y, z, d=np.full(120, 2.0))
times = np.arange(0, 20, 0.1)
values = -70 + 100 * np.exp(-((times[:, None] - np.linspace(2, 18, 120)) ** 2))
middles = np.stack([x.mean(1), y.mean(1), z.mean(1)], axis=1)
result = gm.from_compartments(geometry, times=times, values=values), middles, values
""",
}
IMPORTED = {"NetPyNE": "netpyne", "Arbor": "arbor", "Jaxley": "jaxley", "Brian2": "brian2", "LFPykit": "lfpykit"}


def limits(tool: str) -> tuple[float, float]:
    """The errors that the page states: µm, and steps of colour."""
    (row,) = re.findall(rf"^\| {tool}\b[^|]* \| ([\d.]+) \| ([\d.]+) \|", PAGE, flags=re.MULTILINE)
    return float(row[0]), float(row[1])


def drawn_entry(
    morphology: gm.Morphology,
    recording: gm.Recording,
    column: int,
    xyz: np.ndarray,
    row: int,
    clim: tuple[float, float],
) -> float:
    """The entry of the colour table of the pixel at ``xyz``, where only the column's section is drawn.

    The camera looks across the section: the surface that it sees is then beside ``xyz``, and not farther along.
    """
    section, position = int(recording.section[column]), float(recording.position[column])
    part, own, _ = gm.select_sections(morphology, recording, sections=[section])
    ends = morphology.locate([section] * 2, np.clip([position - 1e-3, position + 1e-3], 0, 1))
    along = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    x, y, z = np.array([0, 0, 1]) - along[2] * along
    camera = gm.Camera(
        center=tuple(xyz.tolist()),
        height=0.2,
        azim=np.degrees(np.arctan2(y, x)),
        elev=np.degrees(np.arctan2(z, np.hypot(x, y))),
    )
    scene = gm.Scene(part, own, clim=clim, camera=camera, lighting=False)
    pixel = gm.render_image(scene, time=float(own.times[row]), size=(17, 17))[8, 8].astype(int)
    distance = np.abs(lookup_table("viridis").astype(int) - pixel).max(axis=1)
    assert distance.min() <= 1, f"no colour of a value at {xyz}: {pixel}"
    return float(np.flatnonzero(distance == distance.min()).mean())


@pytest.mark.simulators
@pytest.mark.parametrize("tool", [pytest.param(tool, marks=needs(IMPORTED.get(tool, tool))) for tool in MODELS])
def test_pixels_at_the_simulators_coordinates_have_its_values(tmp_path: Path, tool: str) -> None:
    if tool == "Brian2" and not hasattr(np.ndarray, "ptp"):
        pytest.skip("Brian2 2.9 needs NumPy below 2.4")
    (tmp_path / "cell.swc").write_text(SWC)
    (morphology, recording, _), xyz, values = result_of(MODELS[tool], tmp_path)
    distances = np.linalg.norm(morphology.locate(recording.section, recording.position) - xyz, axis=1)
    assert values.shape == (len(recording.times), recording.n_compartments)
    clim = float(values.min()), float(values.max())
    rng = np.random.default_rng(1)
    errors = []
    # Of a soma's round end, the surface nearest to a site is that about a site farther inside.
    neurites = np.flatnonzero([morphology.section_labels[section] != "soma" for section in recording.section])
    for column, row in zip(rng.choice(neurites, N_PROBED), rng.integers(0, len(values), N_PROBED), strict=True):
        entry = drawn_entry(morphology, recording, int(column), xyz[column], int(row), clim)
        wanted = (values[row, column] - clim[0]) / (clim[1] - clim[0]) * 256 - 0.5
        errors.append(abs(entry - np.clip(wanted, 0, 255)))
    most_distant, most_steps = limits(tool)
    assert distances.max() <= most_distant
    assert max(errors) <= most_steps + 0.001  # single precision, where a value is between two steps
    assert most_steps <= 0.5
