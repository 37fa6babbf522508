#version 330
// One pixel of an image that is laid over the picture.
//
// u_image    sampler2D  RGBA, premultiplied, its first row on top
// u_opacity  float      0 to 1
// u_box      vec4       see sprite.vert

uniform sampler2D u_image;
uniform vec4 u_box;
uniform float u_opacity;

out vec4 f_color;

void main()
{
    f_color = texelFetch(u_image, ivec2(gl_FragCoord.xy - u_box.xy), 0) * u_opacity;
}
