#version 330
// One segment of a neurite, as a tube that faces the viewer.
//
// a_template   vec2  per vertex: along, across; see geometry.TubeTemplate
// per instance, relative to the camera's center:
// a_previous   vec3  µm, place before the start; equal to a_start where the neurite ends there
// a_start      vec3  µm
// a_end        vec3  µm
// a_following  vec3  µm, place after the end; equal to a_end where the neurite ends there
// a_radii      vec4  µm, at previous, start, end and following
// a_values     vec2  in the recording's unit, at start and end
// u_min_width  float pixels; no tube is drawn thinner
// u_outline    float pixels by which radii grow; such tubes stand behind what they surround

in vec2 a_template;
in vec3 a_previous;
in vec3 a_start;
in vec3 a_end;
in vec3 a_following;
in vec4 a_radii;
in vec2 a_values;

uniform float u_min_width;
uniform float u_outline;

#include "view.glsl"
#include "round_cone.glsl"

// To the fragments; see segment.glsl and tube.frag.
flat out vec4 v_ends;
flat out vec4 v_shape;
flat out vec4 v_before;
flat out vec4 v_after;
flat out vec3 v_surface;
flat out vec3 v_tangent_start;
flat out vec3 v_tangent_end;

const float RIM = 0.71; // pixels outside the silhouette that still are partly covered

vec3 unit_or_zero(vec3 v)
{
    float size = length(v);
    return size > 0.0 ? v / size : vec3(0.0);
}

void main()
{
    vec4 before = to_pixels(a_previous), start = to_pixels(a_start);
    vec4 end = to_pixels(a_end), after = to_pixels(a_following);
    if (min(start.w, end.w) <= 0.0) { // behind the eye
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
        return;
    }
    vec4 widths = max(a_radii * vec4(before.w, start.w, end.w, after.w), 0.5 * u_min_width) + u_outline;
    vec2 radii = widths.yz;
    if (u_outline > 0.0) {
        start.z -= 2.0 * widths.y;
        end.z -= 2.0 * widths.z;
    }
    float span = distance(start.xy, end.xy), rise = end.z - start.z;
    vec2 along = span > 1e-4 ? (end.xy - start.xy) / span : vec2(1.0, 0.0), across = vec2(-along.y, along.x);

    bool has_before = a_previous != a_start && before.w > 0.0, has_after = a_following != a_end && after.w > 0.0;
    v_ends = vec4(start.xy, end.xy);
    v_shape = vec4(span, rise, radii);
    v_before = vec4(before.xy, has_before ? widths.x : -1.0, a_values.x);
    v_after = vec4(after.xy, has_after ? widths.w : -1.0, a_values.y);

    vec3 step = a_end - a_start, step_before = a_start - a_previous, step_after = a_following - a_end;
    vec3 own = unit_or_zero(step);
    v_tangent_start = has_before ? unit_or_zero(unit_or_zero(step_before) + own) * u_axes : vec3(0.0);
    v_tangent_end = has_after ? unit_or_zero(unit_or_zero(step_after) + own) * u_axes : vec3(0.0);
    v_surface = vec3(0.5 - 0.5 * start.z / u_depth,
                     (a_radii.x - a_radii.z) / max(length(step_before) + length(step), 1e-6),
                     (a_radii.y - a_radii.w) / max(length(step) + length(step_after), 1e-6));

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
    // The rim lies at the axis' depth; so do all four corners of a ribbon.
    float height = clamp(local.x / max(span, 1e-6), 0.0, 1.0) * rise;
    if (abs(a_template.y) < 1.5) height = visible_surface(local, span, rise, radii).height;
    gl_Position = to_clip(start.xy + along * local.x + across * local.y, start.z + height);
}
