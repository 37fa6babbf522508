#version 330
// A fragment of one colour.
//
// u_color  vec4  RGBA, premultiplied, 0 to 1

uniform vec4 u_color;

out vec4 f_color;

void main()
{
    f_color = u_color;
}
