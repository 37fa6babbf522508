"""What is drawn over the picture: colour bar, clock, scale bar, legends, traces, text, arrows.

Each kind is a class of its own; see `base.Annotation`.
"""
