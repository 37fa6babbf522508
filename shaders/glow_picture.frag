#version 330
// The picture of light: bright light goes towards white, and no amount of it exceeds white. Output is premultiplied.
//
// u_picture     sampler2D  light, as it was drawn
// u_blurred     sampler2D  light, in blocks and blurred
// u_factor      int        pixels that are drawn for a pixel of the picture, along each axis
// u_block       int        width of a block, pixels that are drawn
// u_background  vec4       RGBA, premultiplied

uniform sampler2D u_picture;
uniform sampler2D u_blurred;
uniform int u_factor;
uniform int u_block;
uniform vec4 u_background;

out vec4 f_color;

const float EXPOSURE = 1.5, GLOW = 0.6;

// The blurred light at a pixel that is drawn, between the middles of four blocks.
vec3 blurred_at(vec2 pixel)
{
    vec2 place = pixel / float(u_block) - 0.5, part = fract(place);
    ivec2 low = ivec2(floor(place)), last = textureSize(u_blurred, 0) - 1;
    vec3 rows[2];
    for (int k = 0; k < 2; k++) {
        vec3 left = texelFetch(u_blurred, clamp(low + ivec2(0, k), ivec2(0), last), 0).rgb;
        vec3 right = texelFetch(u_blurred, clamp(low + ivec2(1, k), ivec2(0), last), 0).rgb;
        rows[k] = mix(left, right, part.x);
    }
    return mix(rows[0], rows[1], part.y);
}

void main()
{
    ivec2 first = ivec2(gl_FragCoord.xy) * u_factor;
    vec3 glow = GLOW * blurred_at(gl_FragCoord.xy * float(u_factor)), dark = vec3(0.0);
    for (int row = 0; row < u_factor; row++) {
        for (int column = 0; column < u_factor; column++) {
            vec3 light = texelFetch(u_picture, first + ivec2(column, row), 0).rgb + glow;
            dark += exp(-EXPOSURE * light);
        }
    }
    vec3 light = 1.0 - dark / float(u_factor * u_factor);
    float cover = max(light.r, max(light.g, light.b));
    f_color = vec4(light, cover) + (1.0 - cover) * u_background;
}
