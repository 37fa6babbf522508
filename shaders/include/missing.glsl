// Values that are missing: NaN.

const uint NAN_BITS = 0x7fc00000u;

// Tests the bits: a compiler may assume that no comparison sees a NaN.
bool is_missing(float value)
{
    return (floatBitsToUint(value) & 0x7fffffffu) > 0x7f800000u;
}
