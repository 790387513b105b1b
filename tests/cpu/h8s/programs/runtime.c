/* What the compiler calls and its library has for another CPU only: 32-bit products and quotients. */
typedef unsigned long u32;
typedef long s32;

u32 __mulsi3(u32 a, u32 b)
{
    u32 product = 0;
    for (; b; b >>= 1, a <<= 1)
        if (b & 1)
            product += a;
    return product;
}

static u32 divided(u32 a, u32 b, u32 *rest)
{
    u32 quotient = 0, left = 0;
    unsigned char bit;
    for (bit = 0; bit < 32; bit++) {
        unsigned char high = left >> 31 != 0;
        left = left << 1 | a >> 31;
        a <<= 1;
        quotient <<= 1;
        if (high || left >= b) {
            left -= b;
            quotient |= 1;
        }
    }
    *rest = left;
    return quotient;
}

u32 __udivsi3(u32 a, u32 b)
{
    u32 rest;
    return divided(a, b, &rest);
}

u32 __umodsi3(u32 a, u32 b)
{
    u32 rest;
    divided(a, b, &rest);
    return rest;
}

s32 __divsi3(s32 a, s32 b)
{
    u32 rest, quotient = divided(a < 0 ? 0 - (u32)a : (u32)a, b < 0 ? 0 - (u32)b : (u32)b, &rest);
    return (s32)((a < 0) != (b < 0) ? 0 - quotient : quotient);
}

s32 __modsi3(s32 a, s32 b)
{
    u32 rest;
    divided(a < 0 ? 0 - (u32)a : (u32)a, b < 0 ? 0 - (u32)b : (u32)b, &rest);
    return (s32)(a < 0 ? 0 - rest : rest);
}
