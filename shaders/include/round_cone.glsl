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
    vec2 outward;   // unit, from the axis to the point: (along, across)
};

Silhouette silhouette(vec2 p, float span, vec2 radii)
{
    float slope = clamp((radii.x - radii.y) / max(span, 1e-6), -1.0, 1.0), squared = 1.0 - slope * slope;
    float share = slope < 0.0 ? 1.0 : 0.0; // one end's disc holds the other's
    if (squared > 1e-6) share = clamp((p.x - slope * abs(p.y) * inversesqrt(squared)) / max(span, 1e-6), 0.0, 1.0);
    float radius = mix(radii.x, radii.y, share);
    vec2 offset = vec2(p.x - share * span, p.y);
    float away = length(offset);
    return Silhouette(away - radius, share, radius, away > 1e-4 ? offset / away : vec2(0.0, 1.0));
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
