// What an orthographic camera sees: the image of a sphere is a disc. The variant "perspective" has perspective_view.glsl
// instead, with the same functions. Needs view.glsl.

// Depth towards the viewer of a position in the camera's axes, µm.
float depth_of(vec3 view)
{
    return view.z;
}

// The image of a sphere. `at` is to_pixels() of its center; `radius` is its radius times at.w, pixels.
Ball ball_at(vec4 at, float radius)
{
    return Ball(at.xy, radius, vec2(0.0));
}

// How much wider an image is across a line than its radius. `normal` is the line's unit normal.
float widening(vec2 stretch, vec2 normal)
{
    return 1.0;
}

// True where the tube between two spheres lies beside the picture, on one side of it. `first` and `second` are to_pixels()
// of their centers, in front of the eye; radii and margin are in pixels. A rasterizer finds out as fast.
bool is_beside(vec4 first, float first_radius, vec4 second, float second_radius, float margin)
{
    return false;
}

// The stretch of a segment between two spheres.
vec2 common_stretch(vec2 first, vec2 second)
{
    return vec2(0.0);
}

// A direction in the camera's axes, as it is seen from the eye at a position: the third axis points to the eye.
vec3 seen_at(vec3 direction, vec3 position)
{
    return direction;
}
