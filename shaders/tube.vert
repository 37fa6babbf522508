#version 330
// One segment that is thick enough to show its surface: a tube that faces the viewer.
//
// Per vertex of the template:
// a_template       vec2  along, across; see TubeTemplate in render/geometry
// Per instance; xyz relative to the camera's center and radius, µm:
// a_before         vec4  vertex before the start; equal to the start: round end; to the end: flat end
// a_start          vec4
// a_end            vec4
// a_after          vec4  vertex after the end; equal to the end: round end; to the start: flat end
// a_values         vec2  at start and end, in the recording's unit
// a_frame_start    vec4  see joint_frames() in render/geometry; directions are world axes
// a_frame_end      vec4
// To the fragments:
// v_ends           vec4  start and end, pixels
// v_shape          vec4  span, rise, radii at start and end, flattened pixels; see round_cone.glsl and disc.glsl
// v_before         vec4  vertex before the start: x, y, radius or as end_or_radius() has it; w: value at the start
// v_after          vec4  vertex after the end: x, y, radius (-1: round end, -2: flat); w: value at the end
// v_surface        vec4  window depth of the start; smoothness of the joints at start and end, 0 to 1; 1: tube, 0: sphere
// v_frame_start    vec4  at the start: direction of the neurite as seen_at() has it, unit; sine of its narrowing
// v_frame_end      vec4  at the end

in vec2 a_template;
in vec4 a_before;
in vec4 a_start;
in vec4 a_end;
in vec4 a_after;
in vec2 a_values;
in vec4 a_frame_start;
in vec4 a_frame_end;

#include "view.glsl"
#include "joint_bisector.glsl"
#include "tube_radius.glsl"
#include "round_cone.glsl"
#include "disc_out.glsl"
#include "no_parent_out.glsl"

flat out vec4 v_ends;
flat out vec4 v_shape;
flat out vec4 v_before;
flat out vec4 v_after;
flat out vec4 v_surface;
flat out vec4 v_frame_start;
flat out vec4 v_frame_end;

// Of one end against the segment: more only close to the eye, where an ellipse is far longer than it is wide.
const float MOST_WIDENING = 1.25;
const float BESIDE = 4.0; // pixels beside the picture from which a tube is not drawn
const float CONTAINED = 0.999; // taper from which one sphere contains the other: there is no tube

// The frame at one end: direction as seen_at() has it, unit, and sine of the narrowing. Where the joint is not smooth it
// is the segment's own.
vec4 frame(vec4 joint, vec4 own, vec3 position)
{
    float smoothness = min(length(joint.xyz), 1.0);
    vec4 mixed = mix(own, vec4(joint.xyz / max(smoothness, 1e-6), joint.w), smoothness);
    return vec4(seen_at(normalize(mixed.xyz) * u_axes, position), mixed.w);
}

// Half the width of a tube where a sphere is, across the line from there to another sphere; flattened pixels.
float half_width(Ball ball, Ball other, vec2 stretch, float least_width)
{
    vec2 along = direction(ball.center, other.center), normal = vec2(-along.y, along.x);
    float usual = widening(stretch, normal), own = min(widening(ball.stretch, normal), MOST_WIDENING * usual);
    return (max(ball.radius * own, 0.5 * least_width) + u_outline_width) / usual;
}

void main()
{
    vec4 before = to_pixels(a_before.xyz), start = to_pixels(a_start.xyz);
    vec4 end = to_pixels(a_end.xyz), after = to_pixels(a_after.xyz);
    bool is_behind = min(start.w, end.w) <= 0.0;
    if (is_behind || is_beside(start, a_start.w * start.w, end, a_end.w * end.w, u_min_width + u_outline_width + BESIDE)) {
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
        return;
    }
    Ball ball_before = ball_at(before, abs(a_before.w) * before.w), ball_after = ball_at(after, a_after.w * after.w);
    Ball ball_start = ball_at(start, a_start.w * start.w), ball_end = ball_at(end, a_end.w * end.w);
    vec2 stretch = common_stretch(ball_start.stretch, ball_end.stretch);
    set_flattening(stretch);
    vec4 widths = vec4(half_width(ball_before, ball_start, stretch, u_min_width),
                       half_width(ball_start, ball_end, stretch, u_min_width),
                       half_width(ball_end, ball_start, stretch, u_min_width),
                       half_width(ball_after, ball_end, stretch, u_min_width));
    vec3 step = (a_end - a_start).xyz;
    float size = length(step), narrowing = size > 0.0 ? (a_start.w - a_end.w) / size : 1.0;
    bool is_sphere = abs(narrowing) >= CONTAINED;
    vec2 radii = widths.yz;
    // The smaller sphere stays inside the larger one, however thin it is.
    if (is_sphere && narrowing < 0.0) radii.x = half_width(ball_start, ball_end, stretch, 0.0);
    if (is_sphere && narrowing > 0.0) radii.y = half_width(ball_end, ball_start, stretch, 0.0);
    vec2 image = flattened(ball_end.center - ball_start.center);
    float span = length(image), rise = (end.z - start.z) / depth_of_height(1.0);
    vec2 along = span > 1e-4 ? image / span : vec2(1.0, 0.0), across = vec2(-along.y, along.x);

    v_ends = vec4(ball_start.center, ball_end.center);
    v_shape = vec4(span, rise, radii);
    v_before = vec4(ball_before.center, end_or_radius(a_before, a_start, a_end, before.w > 0.0 ? widths.x : -1.0), a_values.x);
    v_after = vec4(ball_after.center, end_or_radius(a_after, a_end, a_start, after.w > 0.0 ? widths.w : -1.0), a_values.y);

    vec4 own = is_sphere ? vec4(1.0, 0.0, 0.0, 0.0) : vec4(step / size, narrowing);
    v_frame_start = frame(a_frame_start, own, a_start.xyz);
    v_frame_end = frame(a_frame_end, own, a_end.xyz);
    set_parent(a_start.xyz, start.w);
    v_surface = vec4(0.5 - 0.5 * start.z / u_half_depth, min(length(a_frame_start.xyz), 1.0),
                     min(length(a_frame_end.xyz), 1.0), is_sphere ? 0.0 : 1.0);

    // From the template's coordinates to flattened pixels along and across.
    float widest = max(radii.x, radii.y);
    vec2 local;
    // The wider end's sphere may reach beyond the other end.
    local.x = a_template.x < -1.5 ? min(-radii.x, span - radii.y) - EDGE_MARGIN
            : a_template.x > 2.5 ? max(span + radii.y, radii.x) + EDGE_MARGIN
            : a_template.x < 0.0 ? a_template.x * radii.x
            : a_template.x > 1.0 ? span + (a_template.x - 1.0) * radii.y
            : a_template.x * span;
    local.y = abs(a_template.y) > 1.5 ? sign(a_template.y) * (widest + EDGE_MARGIN) : a_template.y * widest;
    // The margin and outlines, which reach beyond the range of depths, have the depth of the axis.
    float height = clamp(local.x / max(span, 1e-6), 0.0, 1.0) * rise;
    if (abs(a_template.y) < 1.5 && u_outline_width <= 0.0) height = visible_surface(local, span, rise, radii).height;
    vec2 pixel = ball_start.center + unflattened(along * local.x + across * local.y);
    gl_Position = to_clip(pixel, start.z + depth_of_height(height));
}
