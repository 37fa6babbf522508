// A round cone: the volume swept by a sphere on its way from one end of a segment to the other while
// its radius changes. Coordinates: x along the segment's image from its start, y across, both pixels;
// height towards the viewer, pixels. `span` is the length of the image, `rise` the height of the end
// over the start, `radii` at start and end.
// numpy mirror: tests/gl/reference.py

struct Surface {
    float share;   // 0 at the start, 1 at the end: where on the axis the visible surface belongs
    float height;  // of the visible surface over the start
    vec3 normal;   // unit, (along, across, towards the viewer)
};

// Signed distance from the silhouette, pixels, negative inside; the share of the axis next to it.
float silhouette(vec2 p, float span, vec2 radii, out float share)
{
    float slope = clamp((radii.x - radii.y) / max(span, 1e-6), -0.999, 0.999);
    share = clamp((p.x - slope * abs(p.y) * inversesqrt(1.0 - slope * slope)) / max(span, 1e-6), 0.0, 1.0);
    return length(vec2(p.x - share * span, p.y)) - mix(radii.x, radii.y, share);
}

Surface visible_surface(vec2 p, float span, float rise, vec2 radii)
{
    float length3 = max(sqrt(span * span + rise * rise), 1e-6);
    float flat_part = max(span / length3, 1e-3), steep_part = rise / length3; // the axis, out of the image plane
    float narrowing = clamp((radii.x - radii.y) / length3, -0.95, 0.95);      // sine of the cone's half angle
    float wide = sqrt(1.0 - narrowing * narrowing);
    float share = clamp(p.x / max(span, 1e-6), 0.0, 1.0);
    // The sphere that touches the surface here: its radius depends on where it is, and that on its radius.
    for (int k = 0; k < 3; k++) {
        float radius = mix(radii.x, radii.y, share);
        float aside = clamp(p.y / (radius * wide), -1.0, 1.0);
        float offset = narrowing * flat_part - wide * sqrt(1.0 - aside * aside) * steep_part;
        share = clamp((p.x - radius * offset) / (flat_part * length3), 0.0, 1.0);
    }
    float radius = mix(radii.x, radii.y, share);
    float along = p.x - share * span;
    float toward = sqrt(max(radius * radius - along * along - p.y * p.y, 0.0));
    vec3 normal = vec3(along, p.y, toward);
    return Surface(share, share * rise + toward, normal / max(length(normal), 1e-6));
}
