#version 330
// A rectangle of whole pixels.
//
// a_corner  vec2  0 or 1 in x and y
// u_box     vec4  left, top, width, height, pixels
// u_size    vec2  image size, pixels

in vec2 a_corner;

uniform vec4 u_box;
uniform vec2 u_size;

void main()
{
    gl_Position = vec4(2.0 * (u_box.xy + a_corner * u_box.zw) / u_size - 1.0, 0.0, 1.0);
}
