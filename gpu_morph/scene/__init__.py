"""What a picture shows: cells, colours, camera, annotations. Data only, no OpenGL."""

from .scene import Scene

__all__ = ["Scene"]
