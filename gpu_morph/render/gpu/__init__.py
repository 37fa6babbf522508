"""The only room that knows OpenGL."""
