#version 330
// A fragment of an image that is laid over the picture, pixel on pixel. Output is premultiplied.
//
// u_image    sampler2D  RGBA, premultiplied; the first row is the top one
// u_opacity  float      0 to 1
// u_box      vec4       left, top, width, height, pixels

uniform sampler2D u_image;
uniform vec4 u_box;
uniform float u_opacity;

out vec4 f_color;

void main()
{
    f_color = texelFetch(u_image, ivec2(gl_FragCoord.xy - u_box.xy), 0) * u_opacity;
}
