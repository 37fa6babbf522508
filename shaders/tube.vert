#version 330
// One segment that is thick enough to show its surface: a tube that faces the viewer.
//
// Per vertex of the template:
// a_template       vec2  along, across; see TubeTemplate in render/geometry
// Per instance; xyz relative to the camera's center and radius, µm:
// a_before         vec4  vertex before the start; equal to the start where the neurite begins there
// a_start          vec4
// a_end            vec4
// a_after          vec4  vertex after the end; equal to the end where the neurite ends there
// a_values         vec2  at start and end, in the recording's unit
// To the fragments:
// v_ends           vec4  start and end, pixels
// v_shape          vec4  span, rise, radii at start and end, pixels; see round_cone.glsl
// v_before         vec4  vertex before the start: x, y, radius, pixels (radius -1: none); w: value at the start
// v_after          vec4  vertex after the end: x, y, radius, pixels (radius -1: none); w: value at the end
// v_surface        vec3  window depth of the start; decrease of the radius per length at start and end
// v_tangent_start  vec3  direction of the neurite at the start, unit, in the camera's axes; zero at free ends, spheres
// v_tangent_end    vec3  direction of the neurite at the end, unit, in the camera's axes; zero at free ends, spheres

in vec2 a_template;
in vec4 a_before;
in vec4 a_start;
in vec4 a_end;
in vec4 a_after;
in vec2 a_values;

#include "view.glsl"
#include "tube_radius.glsl"
#include "round_cone.glsl"

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

// True where one of two vertices' spheres is a point inside the other, or touches it from inside: they look like one
// sphere, not like a tube. readers/inscribed.py ends bodies so.
bool is_contained(vec4 a, vec4 b)
{
    float apart = distance(a.xyz, b.xyz), narrowing = abs(a.w - b.w);
    return narrowing > 0.999 * apart && (min(a.w, b.w) == 0.0 || narrowing < 1.001 * apart);
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

    bool has_before = a_before.xyz != a_start.xyz && before.w > 0.0;
    bool has_after = a_after.xyz != a_end.xyz && after.w > 0.0;
    v_ends = vec4(start.xy, end.xy);
    v_shape = vec4(span, rise, radii);
    v_before = vec4(before.xy, has_before ? widths.x : -1.0, a_values.x);
    v_after = vec4(after.xy, has_after ? widths.w : -1.0, a_values.y);

    vec3 step = (a_end - a_start).xyz, step_before = (a_start - a_before).xyz, step_after = (a_after - a_end).xyz;
    vec3 tangent = unit_or_zero(step);
    bool is_sphere = is_contained(a_start, a_end);
    bool is_joined_before = has_before && !is_sphere && !is_contained(a_before, a_start);
    bool is_joined_after = has_after && !is_sphere && !is_contained(a_end, a_after);
    v_tangent_start = is_joined_before ? unit_or_zero(unit_or_zero(step_before) + tangent) * u_axes : vec3(0.0);
    v_tangent_end = is_joined_after ? unit_or_zero(unit_or_zero(step_after) + tangent) * u_axes : vec3(0.0);
    v_surface = vec3(0.5 - 0.5 * start.z / u_half_depth,
                     (a_before.w - a_end.w) / max(length(step_before) + length(step), 1e-6),
                     (a_start.w - a_after.w) / max(length(step) + length(step_after), 1e-6));

    // From the template's coordinates to pixels along and across.
    float widest = max(radii.x, radii.y);
    vec2 local;
    // The wider end's sphere may reach beyond the other end.
    local.x = a_template.x < -1.5 ? min(-radii.x, span - radii.y) - EDGE_MARGIN
            : a_template.x > 2.5 ? max(span + radii.y, radii.x) + EDGE_MARGIN
            : a_template.x < 0.0 ? a_template.x * radii.x
            : a_template.x > 1.0 ? span + (a_template.x - 1.0) * radii.y
            : a_template.x * span;
    local.y = abs(a_template.y) > 1.5 ? sign(a_template.y) * (widest + EDGE_MARGIN) : a_template.y * widest;
    // The margin has the depth of the axis.
    float height = clamp(local.x / max(span, 1e-6), 0.0, 1.0) * rise;
    if (abs(a_template.y) < 1.5) height = visible_surface(local, span, rise, radii).height;
    gl_Position = to_clip(start.xy + along * local.x + across * local.y, start.z + height);
}
