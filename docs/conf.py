"""The site that `make docs` builds: Sphinx reads Markdown of docs/ and of the repository's root, where links begin.

    sphinx-build -c docs . build/docs

The folder of sources is the repository's root, so that a link of a page is the same here and on a code host.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

DOCS = Path(__file__).parent
REPOSITORY = DOCS.parent
sys.path[:0] = [str(REPOSITORY), str(DOCS / "_site")]
os.environ.setdefault("GPU_MORPH_DEVICE", "cpu")  # pictures are the same everywhere, and no warning is shown
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # for `!gpu-morph`
os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")  # NEURON of the notebooks looks for no display
# The notebooks' kernels say on which port they are, as a warning.
os.environ["IPYTHONDIR"] = str(REPOSITORY / "build" / "ipython")
profile = REPOSITORY / "build" / "ipython" / "profile_default"
profile.mkdir(parents=True, exist_ok=True)
(profile / "ipython_kernel_config.json").write_text('{"IPKernelApp": {"log_level": 40}}', encoding="utf-8")

import gallery_page  # noqa: E402  (the path comes first)
from site_version import site_version  # noqa: E402

from gpu_morph import __version__  # noqa: E402

project = "gpu_morph"
author = "The gpu_morph developers"
project_copyright = "The gpu_morph developers, BSD-3-Clause"
version = __version__
release = site_version((REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8"), version)

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "command_help",
    "sphinx_gallery.gen_gallery",
    "gallery_page",
]
root_doc = "docs/index"
include_patterns = [
    "docs/**",
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "CONVENTIONS.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
]
exclude_patterns = [
    ".*",
    "build",
    "dist",
    "gpu_morph",
    "tests",
    "benchmarks",
    "shaders",
    "packaging",
    "docs/_*",
    "docs/gallery/index.rst",  # a part of docs/gallery.md
    "docs/gallery/sg_*",
    "**.py",
]
suppress_warnings = ["config.cache", "myst.header"]  # a page may begin with a small heading

# Markdown and notebooks
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
nb_execution_mode = "cache"  # a notebook that has not changed is not run again
nb_execution_in_temp = True
nb_execution_cache_path = str(REPOSITORY / "build" / "notebooks")
nb_execution_timeout = 120  # seconds for a cell
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True
nb_output_stderr = "remove"  # progress, and what NEURON says of displays

# The gallery: scripts that have not changed are not run again until docs/gallery is removed
sphinx_gallery_conf = {
    "examples_dirs": "examples/gallery",
    "gallery_dirs": "docs/gallery",
    "filename_pattern": r"\.py$",
    "within_subsection_order": gallery_page.place,
    "image_scrapers": (gallery_page.files_of_pictures,),
    "reset_modules": (),
    "capture_repr": (),
    "notebook_extensions": set(),
    "abort_on_example_error": True,
    "doc_module": ("gpu_morph",),
    "download_all_examples": False,
    "show_signature": False,
    "write_computation_times": False,
    "min_reported_time": 3600,
    "thumbnail_size": (600, 450),
}

# The reference
default_role = "py:obj"
autodoc_typehints = "none"  # the sections of parameters have them
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# The look
html_theme = "pydata_sphinx_theme"
html_title = f"gpu_morph {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/favicon.svg"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": f"gpu_morph {release}"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "show_prev_next": True,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "back_to_top_button": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {page: [] for page in ("docs/index", "docs/start", "docs/gallery")}


FRONT = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>gpu_morph</title>
<meta http-equiv="refresh" content="0; url=docs/index.html"><a href="docs/index.html">gpu_morph</a></html>
"""


def short_defaults(*event):
    """Defaults that are objects, by their class: ``camera=Camera()`` and not all that a camera has."""
    signature, returns = event[-2:]
    return re.sub(r"=(\w+)\([^()]*\)", r"=\1()", signature) if signature else signature, returns


def setup(app) -> None:
    """Sphinx calls this. Who opens the folder of the site is led to the front page."""
    app.connect("autodoc-process-signature", short_defaults)
    app.connect("build-finished", lambda *_: (Path(app.outdir) / "index.html").write_text(FRONT, encoding="utf-8"))
