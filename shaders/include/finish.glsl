// The last step of a segment's pixel: its colour, premultiplied by the coverage.
// A stand-in for this file, list_fragment.glsl, takes down what the colour is made of instead.

#include "colormap.glsl"
#include "light.glsl"
#include "fog.glsl"

out vec4 f_color;

// The value at a share of the way between two; of a missing one and another each reaches half way.
// numpy mirror: layers.py, as of all that follows
float value_at(vec2 values, float share)
{
    if (is_missing(values.x) || is_missing(values.y)) return share < 0.5 ? values.x : values.y;
    return values.x + share * (values.y - values.x);
}

// `values` are those at the segment's ends; `light` is light_on() of the surface, and in z how much of it is to be seen;
// `depth` is the window depth.
void finish(float coverage, vec2 values, float share, vec3 light, float depth)
{
    vec3 color = color_of(value_at(values, share));
    if (light.z > 0.0) color = mix(color, lit(color, light.xy), light.z);
    coverage = roundEven(coverage * 255.0) * (1.0 / 255.0); // as it will be kept: so colours fit their alpha
    f_color = vec4(in_fog(color, depth), 1.0) * coverage;
}
