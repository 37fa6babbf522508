// What a perspective camera sees; see orthographic_view.glsl. The cone of rays that touch a sphere meets the picture's plane
// in an ellipse. A sphere of radius r in front of the eye, D along the view axis and p beside it, has an image whose center
// is D^2 / (D^2 - r^2) times as far from the middle as that of its center, whose half-width at a right angle to that
// direction is that of an image at the depth sqrt(D^2 - r^2), and which is sqrt(1 + p^2 / (D^2 - r^2)) times as long in it.

const float NEAREST = 0.9; // r / D of spheres that reach to the eye, and beside the picture

// The integral of pixels per µm over the distance from the eye, so that a sphere's image is as deep as it is wide at any
// distance. A camera that becomes orthographic on its path has its eye at infinity.
float depth_of(vec3 view)
{
    if (u_inverse_eye_distance == 0.0) return view.z;
    vec3 to_eye = vec3(-view.xy, 0.0) * u_inverse_eye_distance + vec3(0.0, 0.0, 1.0 - view.z * u_inverse_eye_distance);
    return -log(max(length(to_eye), 1e-6)) / u_inverse_eye_distance;
}

Ball ball_at(vec4 at, float radius)
{
    float per_pixel = u_inverse_eye_distance / u_scale; // 1 / distance of the picture's plane from the eye
    float near = radius * per_pixel;
    if (near > NEAREST) return Ball(at.xy, radius, vec2(0.0));
    float rest = 1.0 - near * near, root = inversesqrt(rest);
    vec2 aside = at.xy - u_middle;
    return Ball(u_middle + aside / rest, radius * root, aside * per_pixel * root);
}

float widening(vec2 stretch, vec2 normal)
{
    float along = dot(stretch, normal);
    return sqrt(1.0 + along * along);
}

// Close to the eye, what is drawn reaches beyond the half-spaces in which the tube is.
bool is_beside(vec4 first, float first_radius, vec4 second, float second_radius, float margin)
{
    vec2 low = u_middle * u_inverse_eye_distance / u_scale, high = (u_size - u_middle) * u_inverse_eye_distance / u_scale;
    vec2 low_reach = sqrt(1.0 + low * low), high_reach = sqrt(1.0 + high * high);
    vec2 most = max(first.xy + first_radius * low_reach, second.xy + second_radius * low_reach) + margin;
    vec2 least = min(first.xy - first_radius * high_reach, second.xy - second_radius * high_reach) - margin;
    return any(lessThan(most, vec2(0.0))) || any(greaterThan(least, u_size));
}

// The stretch of a segment between two spheres: that of the middle, but where one of them is close to the eye, beside the
// picture, that of the other.
vec2 common_stretch(vec2 first, vec2 second)
{
    vec2 middle = 0.5 * (first + second);
    float least = min(length(first), length(second));
    return middle * min(1.0, (0.1 + 1.5 * least) / max(length(middle), 1e-6));
}

// The rotation by the smallest angle that turns the direction to the eye to the third axis.
vec3 seen_at(vec3 direction, vec3 position)
{
    vec3 view = to_view(position);
    vec3 eye = normalize(vec3(-view.xy * u_inverse_eye_distance, 1.0 - view.z * u_inverse_eye_distance));
    vec3 half_way = eye + vec3(0.0, 0.0, 1.0);
    return direction - half_way * (dot(direction, half_way) / (1.0 + eye.z))
         + vec3(0.0, 0.0, 2.0 * dot(direction, eye));
}
