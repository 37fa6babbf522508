// The value along a segment. Needs missing.glsl.

// The value at a fraction of the way from values.x to values.y. Where one of them is missing, each reaches half way.
float value_at(vec2 values, float fraction)
{
    if (is_missing(values.x) || is_missing(values.y)) return fraction < 0.5 ? values.x : values.y;
    return values.x + fraction * (values.y - values.x);
}
