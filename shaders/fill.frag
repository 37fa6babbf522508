#version 330
// One colour.
//
// u_color  vec4  RGBA, premultiplied

uniform vec4 u_color;

out vec4 f_color;

void main()
{
    f_color = u_color;
}
