"""All readers of files, each with whole files for it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import whole_files


@dataclass(frozen=True)
class Reader:
    """A reader and whole files for it.

    Parameters
    ----------
    files : mapping
        Name and content of each file; the first is read.
    damaged : str
        The name of the file that is damaged.
    read : callable
        Reads the first file, and what it refers to.
    is_text : bool
        True for a text format.
    """

    files: dict[str, bytes]
    damaged: str
    read: Callable[[Path], object]
    is_text: bool = True

    def write(self, folder: Path) -> Path:
        """Write all files; return the path of the first."""
        for name, content in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        return folder / next(iter(self.files))


def readers() -> dict[str, Reader]:
    """All readers of files by name."""
    texts = {"swc": whole_files.SWC, "asc": whole_files.ASC, "hoc": whole_files.HOC, "nml": whole_files.NEUROML}
    found = {
        kind: Reader({f"cell.{kind}": text.encode()}, f"cell.{kind}", _read_morphology) for kind, text in texts.items()
    }
    found["netpyne"] = Reader({"model.json": whole_files.NETPYNE.encode()}, "model.json", _read_netpyne)
    for ending, content in whole_files.meshes().items():
        found[ending] = Reader(
            {f"box.{ending}": content}, f"box.{ending}", _read_mesh, is_text=ending in ("obj", "off")
        )
    found["npz"] = Reader({"v.npz": whole_files.npz()}, "v.npz", _read_recording, is_text=False)
    try:
        import h5py  # noqa: F401
    except ImportError:
        return found
    found["h5"] = Reader({"cell.h5": whole_files.h5()}, "cell.h5", _read_morphology, is_text=False)
    circuit = {
        "circuit.json": json.dumps(whole_files.CIRCUIT, indent=1).encode(),
        "sets.json": json.dumps(whole_files.SETS).encode(),
        "types.csv": whole_files.TYPES.encode(),
        "m/cell.swc": whole_files.SWC.encode(),
        "nodes.h5": whole_files.nodes(),
        "report.h5": whole_files.report(),
        "edges.h5": whole_files.edges(),
        "edge_types.csv": whole_files.EDGE_TYPES.encode(),
        "spikes.h5": whole_files.spikes(),
    }
    texts = {"config": "circuit.json", "sets": "sets.json", "types": "types.csv", "edge types": "edge_types.csv"}
    what = {"config": _read_circuit, "nodes": _read_circuit, "report": _read_report}  # of the others edges and spikes
    for name in ("config", "sets", "types", "edge types", "nodes", "report", "edges", "spikes"):
        damaged = texts.get(name, f"{name}.h5")
        found[f"sonata {name}"] = Reader(circuit, damaged, what.get(name, _read_synapses), is_text=name in texts)
    return found


def _read_morphology(path: Path) -> object:
    from gpu_morph import read_morphology

    return read_morphology(path)


def _read_mesh(path: Path) -> object:
    from gpu_morph import read_mesh

    return read_mesh(path)


def _read_recording(path: Path) -> object:
    from gpu_morph import demo_cell
    from gpu_morph.readers.recordings import read_recording

    return read_recording(path, demo_cell()[0])


def _read_circuit(path: Path) -> object:
    from gpu_morph.cli.circuit_info import circuit_lines

    return list(circuit_lines(path)), _read_report(path), _read_synapses(path)


def _read_report(path: Path) -> object:
    from gpu_morph import read_sonata

    circuit = read_sonata(path, report="r", mapping="file")
    assert circuit.recording is not None
    return circuit.recording.values[:].tolist()


def _read_synapses(path: Path) -> object:
    from gpu_morph import read_sonata

    return read_sonata(path, node_set="All", edges="all")


def _read_netpyne(path: Path) -> object:
    from gpu_morph import read_netpyne

    return read_netpyne(path)


def problem_of(reader: Reader, path: Path) -> str:
    """What is wrong with how a reader takes a file: an error that is not the library's own; empty if nothing is."""
    from gpu_morph.errors import GpuMorphError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reader.read(path)
        except (GpuMorphError, OSError):
            return ""
        except Exception as error:  # the tests look for these
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
            return f"{type(error).__name__}: {str(error)[:100]} ({place})"
    return ""
