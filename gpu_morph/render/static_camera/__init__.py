"""Frames of a static camera, recoloured on the CPU instead of drawn.

While the camera does not move, the geometry that each pixel shows stays the same; only values change. The package keeps
all visible fragments in an A-buffer, sorted by pixel and from far to near. For a new frame it looks up the colours of
the fragments whose value has changed and blends them again. The pixels equal drawn ones where OpenGL rounds as numpy
does, as llvmpipe does; elsewhere they differ by a few levels.

It is used where the CPU draws, with OpenGL 4.3 or later, for opaque cells without synapse markers and for more than a
few frames. A hardware GPU draws faster than this. It gives up, and the frames are drawn, when the list of fragments
does not fit into memory for even one row of pixels, or when sprites appear and disappear too often.

`recolored_frames.RecoloredFrames` is the entry point. The package uses numpy only: fragments are listed by `gpu`.
"""
