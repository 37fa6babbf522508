"""What a picture shows: cells, colours, camera, annotations. Data only, no OpenGL."""
