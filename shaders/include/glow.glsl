// The light that a tube gives, which is added up: the hue of its colour, the brighter, the higher the value.
// Needs colormap.glsl and u_glow.

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
