// The depth of the surface that each pixel shows, as a height towards the viewer. Heights and pixels have one unit.
//
// u_depth         sampler2D  window depth, 1 where there is no surface
// u_depth_scale   float      pixels per window depth
// u_radius        float      pixels; surfaces that are farther away than this do not darken each other

uniform sampler2D u_depth;
uniform float u_depth_scale;
uniform float u_radius;

const float NOTHING = -1e9;

float height_at(ivec2 at)
{
    if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, textureSize(u_depth, 0)))) return NOTHING;
    float depth = texelFetch(u_depth, at, 0).r;
    return depth < 1.0 ? -depth * u_depth_scale : NOTHING;
}
