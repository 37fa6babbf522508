// A round cone: the volume swept by a sphere that moves along a segment while its radius changes.
// Coordinates are pixels: x along the segment's image from its start, y across it, height towards the viewer. `span` is
// the length of the segment's image, `rise` the height of its end over its start, `radii` are those at start and end.
// numpy mirror: tests/gl/reference.py

struct Surface {
    float fraction; // along the axis: center of the sphere that is visible
    float height;   // of the visible surface over the start
    vec3 normal;    // unit: along, across, towards the viewer
};

struct Silhouette {
    float distance; // signed, pixels; negative inside
    float fraction; // along the axis: center of the disc that the distance is measured from
    float radius;   // of that disc, pixels
    vec2 outward;   // from that center to the point, of any length; on the axis: at a right angle to it
};

// Terms of silhouette() that are the same for all pixels of a segment. x: 1 / squared length of `step`, the segment's
// image; y: shift of the disc's center towards the wide end per pixel from the axis, due to the taper. Where one end's
// disc contains the other end's, x is 0 (start) or -1 (end) instead.
vec2 silhouette_terms(vec2 step, vec2 radii)
{
    float narrowing = radii.x - radii.y, squared = dot(step, step), rest = squared - narrowing * narrowing;
    if (rest <= 1e-6 * squared) return vec2(narrowing < 0.0 ? -1.0 : 0.0, 0.0);
    return vec2(1.0 / squared, narrowing * inversesqrt(rest));
}

// `offset` is from the start to the point; `terms` is silhouette_terms().
Silhouette silhouette(vec2 offset, vec2 step, vec2 radii, vec2 terms)
{
    float along = dot(offset, step), aside = abs(offset.x * step.y - offset.y * step.x);
    float fraction = terms.x < 0.0 ? 1.0 : clamp((along - terms.y * aside) * terms.x, 0.0, 1.0);
    vec2 outward = offset - fraction * step;
    float away = length(outward), radius = mix(radii.x, radii.y, fraction);
    return Silhouette(away - radius, fraction, radius, away > 1e-4 ? outward : vec2(-step.y, step.x));
}

// Coverage of a pixel by a half plane whose edge is `depth` pixels from the pixel's center (positive: the center is
// inside). `outward` is the edge's unit normal.
float edge_coverage(float depth, vec2 outward)
{
    vec2 n = abs(outward);
    float steep = max(n.x, n.y), gentle = max(min(n.x, n.y), 1e-4);
    float reach = 0.5 * (steep + gentle), rest = max(reach - abs(depth), 0.0);
    float outside = abs(depth) < 0.5 * (steep - gentle) ? 0.5 - abs(depth) / steep
                                                        : 0.5 * rest * rest / (steep * gentle);
    return depth > 0.0 ? 1.0 - outside : outside;
}

// Coverage of a pixel by a tube: inside the near edge and not beyond the far one.
float tube_coverage(float distance, float radius, vec2 outward)
{
    return edge_coverage(-distance, outward) - edge_coverage(-distance - 2.0 * radius, outward);
}

float tube_coverage(Silhouette edge)
{
    float size = length(edge.outward);
    return tube_coverage(edge.distance, edge.radius, size > 0.0 ? edge.outward / size : vec2(0.0, 1.0));
}

// Where on the axis the sphere is centered that is visible at p. With t along the axis, the sphere's surface has the
// height rise * t + sqrt(g(t)), g(t) = a t^2 + 2 b t + c; that is greatest where a t + b = -rise * sqrt(g(t)).
float visible_fraction(vec2 p, float span, float rise, vec2 radii)
{
    float widening = radii.y - radii.x;
    float a = widening * widening - span * span, b = radii.x * widening + p.x * span;
    float c = radii.x * radii.x - dot(p, p), apart = rise * rise - a;
    // One end's sphere contains the other's, or hides everything else.
    if (apart < 1e-6 || (a >= 0.0 && rise * widening > 0.0)) return widening > 0.0 ? 1.0 : 0.0;
    float root = rise * sqrt(max(b * b - a * c, 0.0) / apart);
    // Of two forms of the same root, the one without cancellation.
    bool adds = b * rise > 0.0;
    float numerator = adds ? -b - root : (rise * rise * c - b * b) / apart;
    float denominator = adds ? a : root - b;
    return clamp(numerator / (abs(denominator) > 1e-6 ? denominator : 1e-6), 0.0, 1.0);
}

Surface visible_surface(vec2 p, float span, float rise, vec2 radii)
{
    float fraction = visible_fraction(p, span, rise, radii);
    float radius = mix(radii.x, radii.y, fraction);
    float along = p.x - fraction * span;
    float toward = sqrt(max(radius * radius - along * along - p.y * p.y, 0.0));
    vec3 normal = vec3(along, p.y, toward);
    return Surface(fraction, fraction * rise + toward, normal / max(length(normal), 1e-6));
}
