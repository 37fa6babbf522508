// The colour of a value, exactly as matplotlib indexes a colormap of 256 entries.
//
// u_lut       sampler2D  256 x 1, RGB
// u_clim      vec2       values of the colormap's two ends
// u_under, u_over, u_missing   vec3   colours below, above, and of NaN

uniform sampler2D u_lut;
uniform vec2 u_clim;
uniform vec3 u_under;
uniform vec3 u_over;
uniform vec3 u_missing;

// By its bits: compilers may assume that comparisons never see a NaN.
bool is_missing(float value)
{
    return (floatBitsToUint(value) & 0x7fffffffu) > 0x7f800000u;
}

vec3 color_of(float value)
{
    if (is_missing(value)) return u_missing;
    if (value < u_clim.x) return u_under;
    if (value > u_clim.y) return u_over;
    float entry = min(floor((value - u_clim.x) / (u_clim.y - u_clim.x) * 256.0), 255.0);
    return texelFetch(u_lut, ivec2(int(entry), 0), 0).rgb;
}
