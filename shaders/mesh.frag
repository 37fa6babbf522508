#version 330
// A fragment of a surface, for one of two pictures: of what is behind the cell, and of what is before it. Where there is
// no cell, everything is behind it. Outputs are premultiplied.
//
// v_normal              vec3       in the camera's axes
// v_view                vec3       in the camera's axes from its center, µm
// v_color               vec4       red, green, blue and opacity, 0 to 1
// u_cell_depth          sampler2D  window depth of the cell, 1 where it is not
// u_surface_half_depth  float      half the range of depths of surfaces, pixels
// u_lighting            float      1: lit, 0: flat colours

in vec3 v_normal;
in vec3 v_view;
in vec4 v_color;

uniform sampler2D u_cell_depth;
uniform float u_surface_half_depth;
uniform float u_lighting;

#include "view.glsl"
#include "light.glsl"
#include "depth_cue.glsl"

layout(location = 0) out vec4 f_behind;
layout(location = 1) out vec4 f_before;

void main()
{
    float shrink = max(1.0 - v_view.z * u_inverse_eye_distance, 1e-6);
    float height = u_scale * depth_of(v_view);
    gl_FragDepth = 0.5 - 0.5 * height / u_surface_half_depth;
    float depth = 0.5 - 0.5 * height / u_half_depth; // in the cell's range, or outside of it
    vec3 color = v_color.rgb;
    if (u_lighting > 0.5) {
        vec3 normal = normalize(v_normal);
        vec3 toward = vec3(-v_view.xy * u_inverse_eye_distance, shrink);
        color = lit(color, light_on(dot(normal, toward) < 0.0 ? -normal : normal));
    }
    vec4 shown = vec4(with_depth_cue(color, depth), 1.0) * v_color.a;
    float cell = texelFetch(u_cell_depth, ivec2(gl_FragCoord.xy), 0).r;
    bool is_before = cell < 1.0 && depth < cell;
    f_behind = is_before ? vec4(0.0) : shown;
    f_before = is_before ? shown : vec4(0.0);
}
