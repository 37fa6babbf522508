// The depth of outlines, which are wider tubes behind those that they surround. Needs round_cone.glsl.
//
// u_outline_width  float  pixels added to the radii; 0: no outlines

uniform float u_outline_width;

const float ROOF = 4.0; // pixels by which outlines fall back per pixel from the axis

// The height at which a segment is drawn, of that of its surface and that of its axis. Outlines fall back from the axis
// like a roof: so they do not hide the neurite, also where its other segments are tilted away from the viewer, by up to 76
// degrees.
float drawn_height(float surface, float axis, Silhouette edge)
{
    return u_outline_width > 0.0 ? axis - ROOF * length(edge.outward) - 1.0 : surface;
}
