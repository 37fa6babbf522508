#version 430
// A pass of the sort, second step, by one work group: from counts to the places where each block puts the first
// instance of each digit.

layout(local_size_x = 256) in; // one invocation per digit

layout(std430, binding = 0) buffer Counts { uint counts[]; };  // 256 of each block

shared uint totals[256];

void main()
{
    uint digit = gl_LocalInvocationID.x, total = 0u;
    for (uint at = digit; at < uint(counts.length()); at += 256u) {
        uint count = counts[at];
        counts[at] = total;
        total += count;
    }
    totals[digit] = total;
    barrier();
    uint smaller = 0u; // instances with a smaller digit
    for (uint other = 0u; other < digit; other++) smaller += totals[other];
    for (uint at = digit; at < uint(counts.length()); at += 256u) counts[at] += smaller;
}
