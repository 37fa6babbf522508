// The radius with which tubes are drawn.
//
// u_min_width      float  pixels; no tube is drawn thinner
// u_outline_width  float  pixels added to the radii; see outline_depth.glsl

uniform float u_min_width;
uniform float u_outline_width;

const float EDGE_MARGIN = 0.71; // pixels outside the silhouette that are still partly covered

// Pixels, of a radius in µm. `pixels` is the number of pixels per µm.
float drawn_radius(float radius, float pixels)
{
    return max(radius * pixels, 0.5 * u_min_width) + u_outline_width;
}

// The radius of a neighbour, the vertex beyond the end `joint` of a segment whose other end is `other`; or how that end
// is drawn, if the vertex says so. See joint_neighbours() in render/geometry; where the neighbour's radius in µm is below
// 0, the end is flat.
float end_or_radius(vec4 neighbour, vec4 joint, vec4 other, float radius)
{
    if (neighbour.w < 0.0) return radius < 0.0 ? FLAT_END : BESIDE_PARENT - radius;
    if (radius < 0.0 || neighbour.xyz == joint.xyz) return ROUND_END;
    return neighbour == other ? FLAT_END : radius;
}
