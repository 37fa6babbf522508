"""Everything that uses OpenGL, and nothing else does. `drawn_frames.DrawnFrames` is the entry point."""
