#version 330
// The picture of a cell between what is behind it and what is before it, over a background. All are premultiplied.
//
// u_cell, u_behind, u_before  sampler2D  RGBA
// u_cell_factor               int        pixels of u_cell for one of the picture, along each axis
// u_factor                    int        pixels of u_behind and u_before for one of the picture; a multiple of the above
// u_background                vec4       RGBA

uniform sampler2D u_cell;
uniform sampler2D u_behind;
uniform sampler2D u_before;
uniform int u_cell_factor;
uniform int u_factor;
uniform vec4 u_background;

out vec4 f_color;

vec4 over(vec4 front, vec4 back)
{
    return front + (1.0 - front.a) * back;
}

void main()
{
    ivec2 first = ivec2(gl_FragCoord.xy) * u_factor;
    int coarser = u_factor / u_cell_factor;
    vec4 sum = vec4(0.0);
    for (int row = 0; row < u_factor; row++) {
        for (int column = 0; column < u_factor; column++) {
            ivec2 at = first + ivec2(column, row);
            vec4 behind = over(texelFetch(u_behind, at, 0), u_background);
            sum += over(texelFetch(u_before, at, 0), over(texelFetch(u_cell, at / coarser, 0), behind));
        }
    }
    f_color = sum / float(u_factor * u_factor);
}
