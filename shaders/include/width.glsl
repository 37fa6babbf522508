// How wide and how deep tubes are drawn.
//
// u_min_width  float  pixels; no tube is drawn thinner
// u_outline    float  pixels by which radii grow; such tubes stand behind what they surround

uniform float u_min_width;
uniform float u_outline;

const float RIM = 0.71; // pixels outside the silhouette that still are partly covered

// Pixels, of a radius in µm where a µm has so many pixels.
float drawn_radius(float radius, float pixels)
{
    return max(radius * pixels, 0.5 * u_min_width) + u_outline;
}

float drawn_depth(float depth, float drawn_radius)
{
    return u_outline > 0.0 ? depth - 2.0 * drawn_radius : depth;
}
