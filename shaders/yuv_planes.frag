#version 330
// Packs a picture into planes of Y, U and V in another picture: four bytes to a pixel, pixel after pixel along rows.
// For OpenGL below 4.3, which has no compute shaders.
//
// u_width  int  of the other picture, pixels

#include "yuv_planes.glsl"

uniform int u_width;

out vec4 f_bytes;

void main()
{
    uvec2 at = uvec2(gl_FragCoord.xy);
    f_bytes = vec4(bytes_of(at.y * uint(u_width) + at.x)) / 255.0;
}
