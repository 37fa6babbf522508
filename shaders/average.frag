#version 330
// The mean of a block of pixels. Colours are premultiplied, so that transparent pixels count as little as they cover, and
// are averaged as they are displayed, as coverage is blended: a line has the same weight with and without supersampling.
//
// u_picture  sampler2D  RGBA, premultiplied
// u_factor   int        width and height of a block, pixels

uniform sampler2D u_picture;
uniform int u_factor;

out vec4 f_color;

void main()
{
    ivec2 first = ivec2(gl_FragCoord.xy) * u_factor, last = textureSize(u_picture, 0) - 1;
    vec4 sum = vec4(0.0);
    for (int row = 0; row < u_factor; row++) {
        for (int column = 0; column < u_factor; column++) {
            sum += texelFetch(u_picture, min(first + ivec2(column, row), last), 0);
        }
    }
    f_color = sum / float(u_factor * u_factor);
}
