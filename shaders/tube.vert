#version 330
// One segment of a neurite that is thick enough to show its surface: a tube that faces the viewer.
//
// a_template   vec2  per vertex: along, across; see geometry.TubeTemplate
// per instance; places are relative to the camera's center and have their radius in w, all µm:
// a_before     vec4  place before the start; equal to it where the neurite ends there
// a_start      vec4
// a_end        vec4
// a_after      vec4  place after the end; equal to it where the neurite ends there
// a_values     vec2  in the recording's unit, at start and end

in vec2 a_template;
in vec4 a_before;
in vec4 a_start;
in vec4 a_end;
in vec4 a_after;
in vec2 a_values;

#include "view.glsl"
#include "width.glsl"
#include "round_cone.glsl"

// To the fragments; see tube.frag.
flat out vec4 v_ends;
flat out vec4 v_shape;
flat out vec4 v_before;
flat out vec4 v_after;
flat out vec3 v_surface;
flat out vec3 v_tangent_start;
flat out vec3 v_tangent_end;

vec3 unit_or_zero(vec3 v)
{
    float size = length(v);
    return size > 0.0 ? v / size : vec3(0.0);
}

void main()
{
    vec4 before = to_pixels(a_before.xyz), start = to_pixels(a_start.xyz);
    vec4 end = to_pixels(a_end.xyz), after = to_pixels(a_after.xyz);
    if (min(start.w, end.w) <= 0.0) { // behind the eye
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
        return;
    }
    vec4 widths = vec4(drawn_radius(a_before.w, before.w), drawn_radius(a_start.w, start.w),
                       drawn_radius(a_end.w, end.w), drawn_radius(a_after.w, after.w));
    vec2 radii = widths.yz;
    start.z = drawn_depth(start.z, radii.x);
    end.z = drawn_depth(end.z, radii.y);
    float span = distance(start.xy, end.xy), rise = end.z - start.z;
    vec2 along = span > 1e-4 ? (end.xy - start.xy) / span : vec2(1.0, 0.0), across = vec2(-along.y, along.x);

    bool has_before = a_before.xyz != a_start.xyz && before.w > 0.0, has_after = a_after.xyz != a_end.xyz && after.w > 0.0;
    v_ends = vec4(start.xy, end.xy);
    v_shape = vec4(span, rise, radii);
    v_before = vec4(before.xy, has_before ? widths.x : -1.0, a_values.x);
    v_after = vec4(after.xy, has_after ? widths.w : -1.0, a_values.y);

    vec3 step = (a_end - a_start).xyz, step_before = (a_start - a_before).xyz, step_after = (a_after - a_end).xyz;
    vec3 own = unit_or_zero(step);
    v_tangent_start = has_before ? unit_or_zero(unit_or_zero(step_before) + own) * u_axes : vec3(0.0);
    v_tangent_end = has_after ? unit_or_zero(unit_or_zero(step_after) + own) * u_axes : vec3(0.0);
    v_surface = vec3(0.5 - 0.5 * start.z / u_depth,
                     (a_before.w - a_end.w) / max(length(step_before) + length(step), 1e-6),
                     (a_start.w - a_after.w) / max(length(step) + length(step_after), 1e-6));

    // The template's coordinates, in pixels along and across.
    float widest = max(radii.x, radii.y);
    vec2 local;
    // The wider end's sphere may reach beyond the other end.
    local.x = a_template.x < -1.5 ? min(-radii.x, span - radii.y) - RIM
            : a_template.x > 2.5 ? max(span + radii.y, radii.x) + RIM
            : a_template.x < 0.0 ? a_template.x * radii.x
            : a_template.x > 1.0 ? span + (a_template.x - 1.0) * radii.y
            : a_template.x * span;
    local.y = abs(a_template.y) > 1.5 ? sign(a_template.y) * (widest + RIM) : a_template.y * widest;
    // The rim lies at the axis' depth.
    float height = clamp(local.x / max(span, 1e-6), 0.0, 1.0) * rise;
    if (abs(a_template.y) < 1.5) height = visible_surface(local, span, rise, radii).height;
    gl_Position = to_clip(start.xy + along * local.x + across * local.y, start.z + height);
}
