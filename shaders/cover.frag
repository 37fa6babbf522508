#version 330
// The picture of surfaces with ambient occlusion, and with dark lines beside neurites that pass in front of others. Output
// is premultiplied.
//
// u_picture     sampler2D  RGBA, premultiplied, as it was drawn
// u_occlusion   sampler2D  output of occlusion.frag
// u_factor      int        pixels that are drawn for a pixel of the picture, along each axis
// u_line        float      width of the lines, pixels that are drawn
// u_background  vec4       RGBA, premultiplied

#include "surface_height.glsl"

uniform sampler2D u_picture;
uniform sampler2D u_occlusion;
uniform int u_factor;
uniform float u_line;
uniform vec4 u_background;

out vec4 f_color;

const float LINE_SHADE = 0.4;

// The mean of 4 x 4 pixels of the same surface.
float occlusion_at(ivec2 at, float height)
{
    vec2 sum = vec2(0.0);
    for (int row = -2; row < 2; row++) {
        for (int column = -2; column < 2; column++) {
            ivec2 from = at + ivec2(column, row);
            float other = height_at(from);
            if (other == NOTHING || (height != NOTHING && abs(other - height) > 0.3 * u_radius)) continue;
            sum += vec2(texelFetch(u_occlusion, from, 0).r, 1.0);
        }
    }
    return sum.y > 0.0 ? sum.x / sum.y : 1.0;
}

// 1 beside the edge of a surface that is nearer to the viewer, by more than the slope of this one explains; else 0.
float line_at(ivec2 at, float height)
{
    float line = 0.0;
    if (height == NOTHING) return line;
    for (int k = 0; k < 8; k++) {
        float angle = 0.785398 * float(k);
        ivec2 step = ivec2(round(u_line * vec2(cos(angle), sin(angle))));
        float nearer = height_at(at + step) - height, slope = height - height_at(at - step);
        if (slope > 1e8) continue; // there is no surface to tell the slope
        line = max(line, smoothstep(4.0 * u_line, 9.0 * u_line, nearer - 1.5 * max(slope, 0.0)));
    }
    return line;
}

void main()
{
    ivec2 first = ivec2(gl_FragCoord.xy) * u_factor;
    vec4 sum = vec4(0.0);
    for (int row = 0; row < u_factor; row++) {
        for (int column = 0; column < u_factor; column++) {
            ivec2 at = first + ivec2(column, row);
            vec4 color = texelFetch(u_picture, at, 0);
            if (color.a > 0.0) {
                float height = height_at(at);
                color.rgb *= occlusion_at(at, height) * mix(1.0, LINE_SHADE, line_at(at, height));
            }
            sum += color;
        }
    }
    sum /= float(u_factor * u_factor);
    f_color = sum + (1.0 - sum.a) * u_background;
}
