/* Types of the same width on every machine.  Arithmetic that needs 32 bits says so, as int may have 16. */
#ifdef __H8300S__
typedef unsigned char u8;
typedef unsigned short u16;
typedef short s16;
typedef unsigned long u32;
typedef long s32;
#else
#include <stdint.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
#endif

#define SIZE 256 /* bytes of results */

static u8 *put16(u8 *out, u16 value)
{
    *out++ = (u8)(value >> 8);
    *out++ = (u8)value;
    return out;
}

static u8 *put32(u8 *out, u32 value)
{
    return put16(put16(out, (u16)(value >> 16)), (u16)value);
}

/* The same numbers every time, from a seed. */
static u32 next(u32 *seed)
{
    u32 x = *seed;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *seed = x;
    return x;
}

void program(u8 *out);
