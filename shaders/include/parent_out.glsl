// For vertex shaders of tubes that grow out of a parent. See surfaces_at() in render/geometry; µm.
//
// a_parent          vec4  center, relative to the segment's start; reach
// a_parent_axis     vec4  axis, unit; squared radius at the center
// a_parent_profile  vec4  of the squared radius: half its decrease, at the center; its curvature; 0; 0
// To the fragments, as seen_at() has directions:
// v_parent          vec4  center, relative to the segment's start, reach; flattened pixels
// v_parent_axis     vec4  axis, unit; squared radius at the center, flattened pixels^2
// v_parent_profile  vec2  half its decrease, flattened pixels; its curvature

in vec4 a_parent;
in vec4 a_parent_axis;
in vec4 a_parent_profile;

flat out vec4 v_parent;
flat out vec4 v_parent_axis;
flat out vec2 v_parent_profile;

// `start` is the segment's start, `scale` the number of pixels per µm there.
void set_parent(vec3 start, float scale)
{
    v_parent = vec4(seen_at(a_parent.xyz * u_axes, start), a_parent.w) * scale;
    v_parent_axis = vec4(seen_at(a_parent_axis.xyz * u_axes, start), a_parent_axis.w * scale * scale);
    v_parent_profile = vec2(a_parent_profile.x * scale, a_parent_profile.y);
}
