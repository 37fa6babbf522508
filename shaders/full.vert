#version 330
// A rectangle that covers the viewport.
//
// a_corner  vec2  -1 or 1 in x and y

in vec2 a_corner;

void main()
{
    gl_Position = vec4(a_corner, 0.0, 1.0);
}
