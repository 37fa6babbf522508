// A picture as planes of Y, U and V, one after the other, packed into words of four bytes. BT.709, limited range.
// numpy mirror: image/yuv420.py
//
// u_picture        sampler2D  RGB
// u_subsampling    ivec2      columns and rows of pixels for each chroma sample: 2 or 1
// u_ten_bits       int        1: samples have 10 bits, in two bytes each; 0: 8 bits
// u_luma           vec3       Y per level of red, green and blue
// u_blue           vec3       U per level of red, green and blue
// u_red            vec3       V per level of red, green and blue
// u_row_weights_a  vec4       of the rows from 3 above a sample's upper row
// u_row_weights_b  vec4       of the rows after those

uniform sampler2D u_picture;
uniform ivec2 u_subsampling;
uniform int u_ten_bits;
uniform vec3 u_luma;
uniform vec3 u_blue;
uniform vec3 u_red;
uniform vec4 u_row_weights_a;
uniform vec4 u_row_weights_b;

// Levels of red, green and blue, 0 to 255. Beyond the edges the outermost rows are repeated.
vec3 levels_at(int column, int row)
{
    int last = textureSize(u_picture, 0).y - 1;
    return roundEven(255.0 * texelFetch(u_picture, ivec2(column, clamp(row, 0, last)), 0).rgb);
}

// The mean of a sample's columns in a row.
vec3 mean_of_columns(int column, int row)
{
    if (u_subsampling.x == 1) return levels_at(column, row);
    return 0.5 * (levels_at(2 * column, row) + levels_at(2 * column + 1, row));
}

vec3 chroma_levels(int column, int row)
{
    if (u_subsampling.y == 1) return mean_of_columns(column, row);
    vec3 sum = vec3(0.0);
    for (int k = 0; k < 4; k++) sum += u_row_weights_a[k] * mean_of_columns(column, 2 * row + k - 3);
    for (int k = 0; k < 4; k++) sum += u_row_weights_b[k] * mean_of_columns(column, 2 * row + k + 1);
    return sum;
}

uint rounded(float level)
{
    float scale = u_ten_bits == 1 ? 4.0 : 1.0;
    return uint(clamp(floor(scale * level + 0.5), 0.0, 256.0 * scale - 1.0));
}

// A sample by its number in the planes; 0 after the last.
uint sample_of(uint number)
{
    uvec2 size = uvec2(textureSize(u_picture, 0)), chroma_size = size / uvec2(u_subsampling);
    uint n_pixels = size.x * size.y, n_samples = chroma_size.x * chroma_size.y;
    if (number < n_pixels) {
        return rounded(16.0 + dot(u_luma, levels_at(int(number % size.x), int(number / size.x))));
    }
    number -= n_pixels;
    if (number >= 2u * n_samples) return 0u;
    bool is_red = number >= n_samples;
    if (is_red) number -= n_samples;
    vec3 levels = chroma_levels(int(number % chroma_size.x), int(number / chroma_size.x));
    return rounded(128.0 + dot(is_red ? u_red : u_blue, levels));
}

// Four bytes of the planes, the first one in x.
uvec4 bytes_of(uint word)
{
    if (u_ten_bits == 1) {
        uvec2 pair = uvec2(sample_of(2u * word), sample_of(2u * word + 1u));
        return uvec4(pair.x & 255u, pair.x >> 8, pair.y & 255u, pair.y >> 8);
    }
    uint first = 4u * word;
    return uvec4(sample_of(first), sample_of(first + 1u), sample_of(first + 2u), sample_of(first + 3u));
}
