// The colour of a value, exactly as matplotlib indexes a colormap of so many entries.
//
// u_lut       sampler2D  u_entries x 1, RGB
// u_entries   float      number of entries
// u_clim      vec2       values of the colormap's two ends
// u_under, u_over, u_missing   vec3   colours below, above, and of NaN
// u_highlight vec3       colour of a highlighted section; see colors.HIGHLIGHTED

uniform sampler2D u_lut;
uniform float u_entries;
uniform vec2 u_clim;
uniform vec3 u_under;
uniform vec3 u_over;
uniform vec3 u_missing;
uniform vec3 u_highlight;

const float HIGHLIGHTED = 3.0e38;

// By its bits: compilers may assume that comparisons never see a NaN.
bool is_missing(float value)
{
    return (floatBitsToUint(value) & 0x7fffffffu) > 0x7f800000u;
}

vec3 color_of(float value)
{
    if (is_missing(value)) return u_missing;
    if (value > HIGHLIGHTED) return u_highlight;
    if (value < u_clim.x) return u_under;
    if (value > u_clim.y) return u_over;
    float entry = min(floor((value - u_clim.x) / (u_clim.y - u_clim.x) * u_entries), u_entries - 1.0);
    return texelFetch(u_lut, ivec2(int(entry), 0), 0).rgb;
}
