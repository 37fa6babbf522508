// The last step of a segment's pixel: its colour, premultiplied by the coverage.
// A stand-in for this file, list_fragment.glsl, takes down what the colour is made of instead.

#include "segment.glsl"
#include "colormap.glsl"
#include "light.glsl"
#include "fog.glsl"

out vec4 f_color;

// The value at a share of the axis; of a missing one and another each reaches half way.
// numpy mirror: layers.py, as of all that follows
float value_at(float share)
{
    float start = v_before.w, end = v_after.w;
    if (is_missing(start) || is_missing(end)) return share < 0.5 ? start : end;
    return start + share * (end - start);
}

// `light` is light_on() of the surface, and in z how much of it is to be seen; `depth` is the window depth.
void finish(float coverage, float share, vec3 light, float depth)
{
    vec3 color = color_of(value_at(share));
    if (light.z > 0.0) color = mix(color, lit(color, light.xy), light.z);
    f_color = vec4(in_fog(color, depth), 1.0) * coverage;
}
