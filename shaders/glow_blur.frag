#version 330
// A picture blurred along rows or columns by the sum of two Gaussian curves.
//
// u_picture  sampler2D  light
// u_step     ivec2      (1, 0): along rows; (0, 1): along columns
// u_widths   vec2       of the curves, pixels
// u_weights  vec2       of the curves at their middle

uniform sampler2D u_picture;
uniform ivec2 u_step;
uniform vec2 u_widths;
uniform vec2 u_weights;

out vec4 f_color;

const int REACH = 12; // pixels

void main()
{
    ivec2 at = ivec2(gl_FragCoord.xy), last = textureSize(u_picture, 0) - 1;
    vec4 sum = vec4(0.0);
    for (int k = -REACH; k <= REACH; k++) {
        ivec2 from = at + k * u_step;
        if (any(lessThan(from, ivec2(0))) || any(greaterThan(from, last))) continue; // beyond the picture it is dark
        vec2 curves = exp(-0.5 * float(k * k) / (u_widths * u_widths));
        sum += dot(u_weights, curves) * texelFetch(u_picture, from, 0);
    }
    f_color = sum;
}
