// The colour of a value; entries are chosen as matplotlib chooses them.
//
// u_lut                      sampler2D  colour table, u_n_entries x 1, RGB
// u_n_entries                float      number of entries
// u_clim                     vec2       values at the colormap's two ends
// u_under, u_over, u_missing vec3       colours of values below and above u_clim, and of NaN; RGB, 0 to 1
// u_highlight                vec3       colour of highlighted sections, RGB, 0 to 1; see HIGHLIGHTED in scene/colormaps.py
// numpy mirror: render/static_camera

#include "missing.glsl"

uniform sampler2D u_lut;
uniform float u_n_entries;
uniform vec2 u_clim;
uniform vec3 u_under;
uniform vec3 u_over;
uniform vec3 u_missing;
uniform vec3 u_highlight;

const float HIGHLIGHTED = 3.0e38; // values above have the highlight's colour

#include "equal_entries.glsl"

vec3 color_of(float value)
{
    if (is_missing(value)) return u_missing;
    if (value > HIGHLIGHTED) return u_highlight;
    if (value < u_clim.x) return u_under;
    if (value > u_clim.y) return u_over;
    return texelFetch(u_lut, ivec2(entry_of(value), 0), 0).rgb;
}
