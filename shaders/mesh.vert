#version 330
// A vertex of a surface of triangles.
//
// a_position  vec3   relative to the camera's center, µm
// a_normal    vec3   unit, world axes
// a_color     vec4   red, green, blue and opacity, 0 to 1
// To the fragments:
// v_normal    vec3   in the camera's axes
// v_view      vec3   in the camera's axes from its center, µm
// v_color     vec4   as a_color

in vec3 a_position;
in vec3 a_normal;
in vec4 a_color;

#include "view.glsl"

out vec3 v_normal;
out vec3 v_view;
out vec4 v_color;

void main()
{
    v_view = to_view(a_position);
    v_normal = a_normal * u_axes;
    v_color = a_color;
    // As to_pixels() and to_clip() have it, but with the true w, so that triangles beside the eye are cut off.
    float shrink = 1.0 - v_view.z * u_inverse_eye_distance;
    vec2 away = vec2(v_view.x, -v_view.y) * u_scale;
    gl_Position = vec4((2.0 * u_middle / u_size - 1.0) * shrink + 2.0 * away / u_size, 0.0, shrink);
}
