// The colour of a value; entries are chosen as matplotlib chooses them.
//
// u_lut                      sampler2D  colour table, u_n_entries x 1, RGB
// u_n_entries                float      number of entries
// u_clim                     vec2       values at the colormap's two ends
// u_edges                    sampler2D  values between which entries hold, u_n_entries + 1 x 1, rising; see u_has_edges
// u_has_edges                float      1: entries hold between u_edges; 0: they have equal steps from u_clim.x to .y
// u_under, u_over, u_missing vec3       colours of values below and above u_clim, and of NaN; RGB, 0 to 1
// u_highlight                vec3       colour of highlighted sections, RGB, 0 to 1; see HIGHLIGHTED in scene/colormaps.py
// numpy mirror: render/static_camera

#include "missing.glsl"

uniform sampler2D u_lut;
uniform float u_n_entries;
uniform sampler2D u_edges;
uniform float u_has_edges;
uniform vec2 u_clim;
uniform vec3 u_under;
uniform vec3 u_over;
uniform vec3 u_missing;
uniform vec3 u_highlight;

const float HIGHLIGHTED = 3.0e38; // values above have the highlight's colour

// The entry of a value within u_clim.
int entry_of(float value)
{
    if (u_has_edges < 0.5) {
        return int(min(floor((value - u_clim.x) / (u_clim.y - u_clim.x) * u_n_entries), u_n_entries - 1.0));
    }
    int first = 0, end = int(u_n_entries); // the last one whose lower edge is not above the value
    while (end - first > 1) {
        int middle = (first + end) / 2;
        if (texelFetch(u_edges, ivec2(middle, 0), 0).r <= value) first = middle;
        else end = middle;
    }
    return first;
}

vec3 color_of(float value)
{
    if (is_missing(value)) return u_missing;
    if (value > HIGHLIGHTED) return u_highlight;
    if (value < u_clim.x) return u_under;
    if (value > u_clim.y) return u_over;
    return texelFetch(u_lut, ivec2(entry_of(value), 0), 0).rgb;
}
