// Edges of neighbouring tubes. The variant "solid" has solid_only.glsl instead.

const float NOT_SOLID = 0.998; // the greatest coverage of edges

// The silhouette of the neighbour at a joint, flattened pixels. `far` is its other end.
Silhouette neighbour_silhouette(vec3 joint, vec3 far)
{
    vec2 step = flattened(far.xy - joint.xy), radii = vec2(joint.z, far.z);
    return silhouette(flattened(pixel() - joint.xy), step, radii, silhouette_terms(step, radii));
}

// Coverage of the pixel by a thick tube.
float thick_coverage(Silhouette edge)
{
    edge = in_pixels(edge);
    return edge_coverage(-edge.distance, edge.outward / max(length(edge.outward), 1e-6));
}

// Coverage, 0 to 1, with which a tube draws a pixel of its edge: its own, less what its neighbours cover.
float beside_neighbours(float coverage, Silhouette edge, vec3 before, vec3 start, vec3 end, vec3 after)
{
    vec2 first = parting_normal(bisector_normal(before.xy, start.xy, end.xy), start.xy);
    vec2 last = parting_normal(bisector_normal(start.xy, end.xy, after.xy), end.xy);
    bool is_beside = before.z <= BESIDE_PARENT;
    if (is_beside || (before.z >= 0.0 && side_of_joint(first, start.xy) < 0.0)) {
        Silhouette other = neighbour_silhouette(start, vec3(before.xy, neighbour_radius(before.z)));
        float in_front = is_beside ? in_front_of(other) : 0.0;
        coverage = mix(added_coverage(coverage, edge, thick_coverage(other), other), coverage, in_front);
    }
    if (after.z >= 0.0 && side_of_joint(last, end.xy) >= 0.0) {
        Silhouette other = neighbour_silhouette(end, after);
        coverage = added_coverage(coverage, edge, thick_coverage(other), other);
    }
    return min(coverage, NOT_SOLID);
}
