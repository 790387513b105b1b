/* 32-bit products, quotients and rests of either sign, roots, primes, greatest divisors, shifts, fixed point. */
#include "program.h"

static u16 root(u32 value)
{
    u32 bit = 0x40000000, result = 0;
    while (bit) {
        u32 sum = result | bit;
        result >>= 1;
        if (value >= sum) {
            value -= sum;
            result |= bit;
        }
        bit >>= 2;
    }
    return (u16)result;
}

static u32 divisor(u32 a, u32 b)
{
    while (b) {
        u32 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The sine of an angle in 1/65536 of a turn, 2.30 fixed point would be too long: 1.15, by a polynomial. */
static s16 sine(u16 angle)
{
    s32 x = (s16)((u16)(angle << 1)), x3;
    if (angle + 0x4000 & 0x8000)
        x = -x;
    x3 = (x * x >> 15) * x >> 15;
    return (s16)(x + (x >> 1) - (x3 >> 1));
}

void program(u8 *out)
{
    u32 seed = 1, sum = 0, unsigned_sum = 0;
    s32 signed_sum = 0;
    u16 i, k, primes = 0;
    for (i = 0; i < 300; i++) {
        u32 a = next(&seed), b = next(&seed) >> (i & 15);
        s32 c = (s32)a, d = (s32)b;
        unsigned_sum = unsigned_sum * 3 + a * b + (b ? a / b + a % b : 0);
        signed_sum ^= d && d != -1 ? c / d - c % d : 0;
        sum += root(a) + (u32)(c >> (i & 31)) + (a << (i & 31)) + (a >> (b & 31));
    }
    out = put32(out, sum);
    out = put32(out, unsigned_sum);
    out = put32(out, (u32)signed_sum);
    for (i = 2; i < 500; i++) {
        for (k = 2; k < i && i % k; k++)
            ;
        primes += k == i;
    }
    out = put16(out, primes);
    out = put32(out, divisor(1071UL * 65537UL, 462UL * 65537UL));
    for (i = 0; i < 16; i++)
        out = put16(out, (u16)sine((u16)(i * 4096 + 77)));
    for (i = 0; i < 16; i++) {
        s16 p = (s16)next(&seed), q = (s16)(next(&seed) >> 9);
        out = put32(out, (u32)((s32)p * q));
        out = put16(out, (u16)(q ? p / q : 0));
        out = put16(out, (u16)(q ? p % q : 0));
    }
}
