// The light that a segment's fragment gives, which is added up: the hue of its colour, the brighter, the higher the value;
// see fragment_output.glsl.
//
// u_glow  vec2  brightness at the lower and at the upper end of u_clim

#include "colormap.glsl"
#include "segment_value.glsl"
#include "light.glsl"
#include "depth_cue.glsl"

uniform vec2 u_glow;

out vec4 f_color;

// `color` is color_of() of the value. The brightness of a dark colour counts in part only: colormaps that begin with black
// are black at rest.
vec3 glow_of(vec3 color, float value)
{
    float activity = 0.0;
    if (value > HIGHLIGHTED) activity = 1.0;
    else if (!is_missing(value)) activity = clamp((value - u_clim.x) / (u_clim.y - u_clim.x), 0.0, 1.0);
    vec3 hue = color / max(max(color.r, max(color.g, color.b)), 0.35);
    return hue * mix(u_glow.x, u_glow.y, activity * activity);
}

void write_fragment(float coverage, vec2 values, float fraction, vec3 light, float depth)
{
    float value = value_at(values, fraction);
    f_color = vec4(glow_of(color_of(value), value) * mix(1.0, light.x, light.z), 1.0) * coverage;
}
