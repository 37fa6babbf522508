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

struct Silhouette {
    float distance; // signed, pixels; negative inside
    float share;    // of the axis, next to the point
    float radius;   // there
    vec2 outward;   // from the axis to the point, of any length; on the axis square to it
};

// What all pixels of a segment's image have in common. x: over the squared length of `step`, the segment's image; y: how
// far back the axis' nearest place lies, per pixel aside, because of the taper. x is 0 or -1 where the disc at the start
// or at the end holds the other.
vec2 outline(vec2 step, vec2 radii)
{
    float narrowing = radii.x - radii.y, squared = dot(step, step), rest = squared - narrowing * narrowing;
    if (rest <= 1e-6 * squared) return vec2(narrowing < 0.0 ? -1.0 : 0.0, 0.0);
    return vec2(1.0 / squared, narrowing * inversesqrt(rest));
}

// `offset` is the point's, from the start; `outlined` is what outline() gives.
Silhouette silhouette(vec2 offset, vec2 step, vec2 radii, vec2 outlined)
{
    float along = dot(offset, step), aside = abs(offset.x * step.y - offset.y * step.x);
    float share = outlined.x < 0.0 ? 1.0 : clamp((along - outlined.y * aside) * outlined.x, 0.0, 1.0);
    vec2 outward = offset - share * step;
    float away = length(outward), radius = mix(radii.x, radii.y, share);
    return Silhouette(away - radius, share, radius, away > 1e-4 ? outward : vec2(-step.y, step.x));
}

// Share of a pixel that lies inside an edge `depth` pixels away (positive: the pixel's middle is inside). `outward`
// is the edge's unit normal on the pixel grid.
float inside_edge(float depth, vec2 outward)
{
    vec2 n = abs(outward);
    float steep = max(n.x, n.y), gentle = max(min(n.x, n.y), 1e-4);
    float reach = 0.5 * (steep + gentle), rest = max(reach - abs(depth), 0.0);
    float outside = abs(depth) < 0.5 * (steep - gentle) ? 0.5 - abs(depth) / steep : 0.5 * rest * rest / (steep * gentle);
    return depth > 0.0 ? 1.0 - outside : outside;
}

// Share of a pixel that a tube covers: inside its near edge and not beyond its far one.
float covered(float distance, float radius, vec2 outward)
{
    return inside_edge(-distance, outward) - inside_edge(-distance - 2.0 * radius, outward);
}

float covered(Silhouette edge)
{
    float size = length(edge.outward);
    return covered(edge.distance, edge.radius, size > 0.0 ? edge.outward / size : vec2(0.0, 1.0));
}

// Of the spheres on the axis the one that reaches nearest to the viewer at p. With the sphere's share t its surface is
// at rise * t + sqrt(g(t)), g(t) = a t^2 + 2 b t + c; that is greatest where a t + b = -rise * sqrt(g(t)).
float visible_share(vec2 p, float span, float rise, vec2 radii)
{
    float widening = radii.y - radii.x;
    float a = widening * widening - span * span, b = radii.x * widening + p.x * span;
    float c = radii.x * radii.x - dot(p, p), apart = rise * rise - a;
    // One end's sphere holds the other's, or hides all the rest.
    if (apart < 1e-6 || (a >= 0.0 && rise * widening > 0.0)) return widening > 0.0 ? 1.0 : 0.0;
    float bend = rise * sqrt(max(b * b - a * c, 0.0) / apart);
    // The same root in the form that loses no digits.
    bool adds = b * rise > 0.0;
    float above = adds ? -b - bend : (rise * rise * c - b * b) / apart;
    float below = adds ? a : bend - b;
    return clamp(above / (abs(below) > 1e-6 ? below : 1e-6), 0.0, 1.0);
}

Surface visible_surface(vec2 p, float span, float rise, vec2 radii)
{
    float share = visible_share(p, span, rise, radii);
    float radius = mix(radii.x, radii.y, share);
    float along = p.x - share * span;
    float toward = sqrt(max(radius * radius - along * along - p.y * p.y, 0.0));
    vec3 normal = vec3(along, p.y, toward);
    return Surface(share, share * rise + toward, normal / max(length(normal), 1e-6));
}
