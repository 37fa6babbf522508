// Writes which segment a fragment shows, and where along it, instead of its colour; see fragment_output.glsl. Segments
// have their numbers for values. The web page reads the pixel under the pointer.
//
// f_color has the number plus 1 in red, green and blue, 8 bits each, from the lowest up, and the fraction in alpha.

#include "light.glsl"

out vec4 f_color;

void write_fragment(float coverage, vec2 values, float fraction, vec3 light, float depth)
{
    uint number = uint(values.x) + 1u;
    f_color = vec4(vec3(number & 255u, (number >> 8u) & 255u, (number >> 16u) & 255u) / 255.0, fraction);
}
